/* Downloads: whole or not at all, and never with credentials to a stranger. */
#include "tests/conformance/provider/suite.h"

struct taken {
    struct buf bytes;
    bool full; /* refuse everything, like a full disk */
};

static bool take(void *ctx, struct str bytes) {
    struct taken *t = ctx;
    buf_put_str(&t->bytes, bytes);
    return !t->full;
}

static enum error_code fetch(struct suite *s, struct taken *t, struct provider_audio *audio) {
    t->bytes = BUF_INIT(65536);
    return provider_fetch_recording(s->p, str_z(s->words->call_sid), str_z(s->words->recording_sid),
                                    false, take, t, audio, &s->err);
}

#define LOCATION(url) "Location: " url "\r\n"

TEST(recordings, a_whole_file_is_delivered_with_its_size_and_format) {
    FOR_EACH_CARRIER(c) {
        SUITE_FETCH(s, c, {.method = "GET", .status = 200, .body = "RIFFdata"});
        struct taken t = {0};
        struct provider_audio audio = {0};
        EXPECT_INT(fetch(&s, &t, &audio), ERR_OK);
        EXPECT_INT(audio.bytes, 8);
        EXPECT_STR(audio.format, "wav");
        EXPECT_STR(t.bytes.ptr, "RIFFdata");
        EXPECT_STR(fake_http_request(s.http, s.before)->basic_user, c->words->account);
        buf_release(&t.bytes);
        suite_end(&s);
    }
}

TEST(recordings, a_file_with_one_channel_is_taken_as_it_is) {
    FOR_EACH_CARRIER(c) {
        if (c->words->audio_variants < 2)
            continue;
        SUITE_FETCH(s, c, {.status = 400, .body = c->words->invalid},
                    {.status = 200, .body = "RIFF"});
        struct taken t = {0};
        struct provider_audio audio = {0};
        EXPECT_INT(fetch(&s, &t, &audio), ERR_OK);
        EXPECT_STR(t.bytes.ptr, "RIFF"); /* and nothing of the error's page */
        buf_release(&t.bytes);
        suite_end(&s);
    }
}

TEST(recordings, a_file_of_unknown_length_is_incomplete) {
    FOR_EACH_CARRIER(c) {
        SUITE_FETCH(s, c, {.status = 200, .body = "RIFF", .length_unknown = true});
        struct taken t = {0};
        struct provider_audio audio = {.bytes = 77};
        EXPECT_INT(fetch(&s, &t, &audio), ERR_UPSTREAM);
        EXPECT(s.err.retry);
        EXPECT_INT(audio.bytes, 77);
        buf_release(&t.bytes);
        suite_end(&s);
    }
}

TEST(recordings, an_empty_or_partial_answer_is_incomplete) {
    static const int statuses[] = {200, 204, 206};
    FOR_EACH_CARRIER(c) for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        SUITE_FETCH(s, c, {.status = statuses[i], .body = statuses[i] == 206 ? "RI" : ""});
        struct taken t = {0};
        struct provider_audio audio = {0};
        EXPECT_INT(fetch(&s, &t, &audio), ERR_UPSTREAM);
        buf_release(&t.bytes);
        suite_end(&s);
    }
}

TEST(recordings, a_storage_host_is_followed_to_without_credentials) {
    FOR_EACH_CARRIER(c) {
        SUITE_FETCH(s, c, {.status = 307, .body = "moved", .headers = LOCATION("/elsewhere")},
                    {.status = 302, .headers = LOCATION("https://storage.example.net/a?sig=1")},
                    {.status = 301, .headers = LOCATION("https://storage.example.net:8443/b")},
                    {.status = 200, .body = "RIFF"});
        struct taken t = {0};
        struct provider_audio audio = {0};
        EXPECT_INT(fetch(&s, &t, &audio), ERR_OK);
        EXPECT_STR(t.bytes.ptr, "RIFF");
        static const struct {
            const char *url;
            bool own;
        } hops[] = {{"https://api.example.com/elsewhere", true},
                    {"https://storage.example.net/a?sig=1", false},
                    {"https://storage.example.net:8443/b", false}};
        for (size_t i = 0; i < ARRAY_LEN(hops); i++) {
            const struct fake_request *r = fake_http_request(s.http, s.before + i + 1);
            REQUIRE(r);
            EXPECT_STR(r->url, hops[i].url);
            EXPECT_STR(r->basic_user, hops[i].own ? c->words->account : "");
            EXPECT_INT(r->trust, hops[i].own ? HTTP_TRUST_CONFIGURED : HTTP_TRUST_FOREIGN);
        }
        buf_release(&t.bytes);
        suite_end(&s);
    }
}

TEST(recordings, a_fourth_hop_is_one_too_many) {
    FOR_EACH_CARRIER(c) {
        const struct fake_exchange hop = {.status = 302, .headers = LOCATION("/again")};
        SUITE_FETCH(s, c, hop, hop, hop, hop);
        struct taken t = {0};
        struct provider_audio audio = {0};
        EXPECT_INT(fetch(&s, &t, &audio), ERR_UPSTREAM);
        EXPECT_INT(fake_http_calls(s.http), s.before + 4);
        suite_end(&s);
    }
}

TEST(recordings, an_address_that_is_not_safe_is_not_followed) {
    static const char *const bad[] = {
        NULL,
        LOCATION(""),
        LOCATION("file:///etc/passwd"),
        LOCATION("ftp://storage.example.net/a"),
        LOCATION("gopher://storage.example.net/a"),
        LOCATION("wss://storage.example.net/a"),
        LOCATION("http://storage.example.net/a"), /* from TLS to clear text */
        LOCATION("//storage.example.net/a"),
        LOCATION("a.wav"),
        LOCATION("https://user:pw@storage.example.net/a"),
        LOCATION("https://storage.example.net\\@api.example.com/a"),
        LOCATION("https:///a"),
        LOCATION("https://storage.example.net:99999/a"),
    };
    FOR_EACH_CARRIER(c) for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        SUITE_FETCH(s, c, {.status = 302, .headers = bad[i]});
        struct taken t = {0};
        struct provider_audio audio = {0};
        EXPECT_INT(fetch(&s, &t, &audio), ERR_UPSTREAM);
        EXPECT_INT(fake_http_calls(s.http), s.before + 1);
        suite_end(&s);
    }
}

TEST(recordings, a_full_disk_here_is_no_fault_of_the_carrier) {
    FOR_EACH_CARRIER(c) {
        SUITE_FETCH(s, c, {.status = 200, .body = "RIFF"});
        struct taken t = {.full = true};
        struct provider_audio audio = {0};
        EXPECT_INT(fetch(&s, &t, &audio), ERR_IO);
        EXPECT_INT(fake_http_calls(s.http),
                   s.before + 1); /* what was delivered in part is not repeated */
        buf_release(&t.bytes);
        suite_end(&s);
    }
}

TEST(recordings, a_recording_is_started_paused_and_stopped) {
    static const enum provider_recording_action actions[] = {
        PROVIDER_RECORDING_START, PROVIDER_RECORDING_PAUSE, PROVIDER_RECORDING_RESUME,
        PROVIDER_RECORDING_STOP};
    FOR_EACH_CARRIER(c) for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        bool stops = actions[i] == PROVIDER_RECORDING_STOP, starts = i == 0;
        SUITE(s, c,
              {.method = stops ? c->words->stop_method : "POST",
               .status = starts ? c->words->created : 200,
               .body = c->words->recording});
        char sid[CALL_SID_SIZE] = "";
        bool named = !starts && !(stops && c->words->stop_says_nothing);
        const struct provider_recording_control ctl = {
            .action = actions[i],
            .call_sid = str_z(c->words->call_sid),
            .recording_sid = str_z(named ? c->words->recording_sid : ""),
            .status_url = STR("https://g/r")};
        enum error_code rc = provider_control_recording(s.p, &ctl, sid, &s.err);
        bool able = starts || stops || provider_can(s.p, PROVIDER_CAP_RECORD_PAUSE);
        bool silent = !able || (stops && c->words->stop_says_nothing);
        EXPECT_INT(rc, able ? ERR_OK : ERR_UNSUPPORTED);
        EXPECT_INT(fake_http_calls(s.http), able ? 1 : 0); /* what it cannot do is not tried */
        if (starts && c->words->makes_ids)
            EXPECT(sid[0] != '\0' && strstr(fake_http_request(s.http, 0)->body, sid));
        else
            EXPECT_STR(sid, silent ? "" : c->words->recording_sid);
        if (able)
            EXPECT_INT(fake_http_request(s.http, 0)->once, starts);
        else
            fake_http_allow_unused(s.http);
        suite_end(&s);
    }
}

TEST(recordings, an_mp3_is_asked_of_carriers_that_make_them_only) {
    FOR_EACH_CARRIER(c) {
        SUITE(s, c, {.method = "POST", .status = c->words->created, .body = c->words->recording});
        const struct provider_recording_control ctl = {.action = PROVIDER_RECORDING_START,
                                                       .call_sid = str_z(c->words->call_sid),
                                                       .mp3 = true,
                                                       .status_url = STR("https://g/r")};
        bool able = provider_can(s.p, PROVIDER_CAP_RECORD_MP3);
        EXPECT_INT(provider_control_recording(s.p, &ctl, NULL, &s.err),
                   able ? ERR_OK : ERR_UNSUPPORTED);
        EXPECT_INT(fake_http_calls(s.http), able ? 1 : 0);
        if (!able)
            fake_http_allow_unused(s.http);
        suite_end(&s);
    }
}

TEST(recordings, the_carriers_copy_is_deleted) {
    FOR_EACH_CARRIER(c) {
        const struct fake_exchange gone = {.method = "DELETE", .status = 204};
        const struct fake_exchange script[] = {
            {.method = "GET", .status = 200, .body = c->words->found}, gone};
        struct suite s = c->words->found ? suite_begin(c, script, 2) : suite_begin(c, &gone, 1);
        EXPECT_INT(provider_delete_recording(s.p, str_z(c->words->call_sid),
                                             str_z(c->words->recording_sid), &s.err),
                   ERR_OK);
        suite_end(&s);
    }
}
