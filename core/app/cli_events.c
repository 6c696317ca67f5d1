#include "core/app/cli_events.h"

#include "core/app/cli_text.h"
#include "core/base/clock.h"

static void put_member(FILE *f, const struct json *data, const char *member) {
    cli_put_clean(f, json_str(json_get(data, member)));
}

/* ---- what each event says ---------------------------------------------------------------------
 */

static void put_status(FILE *f, const struct json *data) {
    int64_t code = 0;
    put_member(f, data, "status");
    if (json_str(json_get(data, "reason")).len > 0) {
        fputs(" (", f);
        put_member(f, data, "reason");
        fputc(')', f);
    }
    if (json_str(json_get(data, "error")).len > 0) {
        fputs(": ", f);
        put_member(f, data, "error");
    }
    if (json_int(json_get(data, "carrier_code"), 1, INT32_MAX, &code))
        fprintf(f, " [carrier code %lld]", (long long)code);
}

static void put_transcript(FILE *f, const struct json *data) {
    put_member(f, data, "role");
    fputs(": ", f);
    put_member(f, data, "text");
}

static void put_function(FILE *f, const struct json *data) {
    const struct json *arguments = json_get(data, "arguments");
    fputs("function ", f);
    put_member(f, data, "name");
    fputc('(', f);
    for (const struct json *a = json_first(arguments); a; a = json_next(a)) {
        struct buf value = BUF_INIT(4096);
        json_put_value(&value, a);
        cli_put_clean(f, json_name(a));
        fputc('=', f);
        cli_put_clean(f, buf_str(&value));
        buf_release(&value);
        if (json_next(a))
            fputs(", ", f);
    }
    fputc(')', f);
}

static void put_information(FILE *f, const struct json *data) {
    fputs("information [", f);
    put_member(f, data, "category");
    fputs("] ", f);
    put_member(f, data, "information");
}

static void put_consent_words(FILE *f, const struct json *data) {
    fputs(": \"", f);
    put_member(f, data, "words");
    fputc('"', f);
}

static void put_consent_given(FILE *f, const struct json *data) {
    fputs("consent given", f);
    put_consent_words(f, data);
}

static void put_consent_refused(FILE *f, const struct json *data) {
    fputs("consent refused", f);
    put_consent_words(f, data);
}

static void put_stored(FILE *f, const struct json *data) {
    int64_t seconds = 0, bytes = 0;
    bool told = json_int(json_get(data, "duration_s"), 0, INT32_MAX, &seconds) &&
                json_int(json_get(data, "bytes"), 0, INT64_MAX / 2, &bytes);
    fputs("recording stored", f);
    if (told)
        fprintf(f, ": %lld s, %lld bytes", (long long)seconds, (long long)bytes);
}

static void put_recording_started(FILE *f, const struct json *data) {
    (void)data;
    fputs("recording started", f);
}

/* What is known of anything else: its members as they are. */
static void put_members(FILE *f, const struct json *data) {
    for (const struct json *m = json_first(data); m; m = json_next(m)) {
        struct buf value = BUF_INIT(4096);
        struct str text = json_str(m);
        json_put_value(&value, m);
        fputc(' ', f);
        cli_put_clean(f, json_name(m));
        fputc('=', f);
        cli_put_clean(f, text.ptr ? text : buf_str(&value));
        buf_release(&value);
    }
}

static const struct {
    const char *type;
    void (*put)(FILE *f, const struct json *data);
} sayings[] = {
    {"transcript.updated", put_transcript},   {"function.called", put_function},
    {"information.shared", put_information},  {"consent.given", put_consent_given},
    {"consent.refused", put_consent_refused}, {"recording.started", put_recording_started},
    {"recording.completed", put_stored},
};

int64_t cli_time_ms(const struct json *object, const char *member) {
    int64_t ms = 0;
    return clock_parse_rfc3339(json_str(json_get(object, member)), &ms) ? ms : 0;
}

void cli_put_event(FILE *f, const struct json *event, double seconds) {
    struct str type = json_str(json_get(event, "type"));
    const struct json *data = json_get(event, "data");
    fprintf(f, "%8.1f s  ", seconds > 0 ? seconds : 0.0);
    void (*put)(FILE *, const struct json *) = NULL;
    for (size_t i = 0; i < ARRAY_LEN(sayings); i++)
        if (str_eq_z(type, sayings[i].type))
            put = sayings[i].put;
    if (!put && json_get(data, "status") && str_starts(type, STR("call.")))
        put = put_status;
    if (put) {
        put(f, data);
    } else { /* "recording.completed" as "recording completed" */
        struct str rest = type, word;
        for (bool first = true; str_next(&rest, '.', &word); first = false) {
            if (!first)
                fputc(' ', f);
            cli_put_clean(f, word);
        }
        put_members(f, data);
    }
    fputc('\n', f);
}
