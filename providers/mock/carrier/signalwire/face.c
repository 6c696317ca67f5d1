#include <stdio.h>

#include "providers/mock/carrier/signalwire/laml.h"
#include "providers/mock/carrier/signalwire/rest.h"
#include "providers/mock/carrier/signalwire/swml_exec.h"

void sw_make_login(uint64_t seed, char account[FACE_LOGIN_SIZE], char token[FACE_LOGIN_SIZE]) {
    char hex[SID_SIZE];
    rng_uuid(account, "account", seed, STR("project"), 0);
    rng_sid(hex, "PT", seed, STR("token"), 0);
    snprintf(token, FACE_LOGIN_SIZE, "%s%.16s", hex, hex + 2);
}

void sw_make_id(char dst[SID_SIZE], enum face_id kind, uint64_t seed, struct str text, uint64_t n) {
    static const char *const what[] = {
        [FACE_ID_CALL] = "call", [FACE_ID_TAPE] = "recording", [FACE_ID_NUMBER] = "number"};
    rng_uuid(dst, what[kind], seed, text, n);
}

/* connect, read and whole exchange; "SignalWire docs: Webhooks" */
const struct outgoing_rules sw_notice_rules = {2000, 5000, 15000, 2,
                                               OUTGOING_RETRY_CONNECT | OUTGOING_RETRY_READ |
                                                   OUTGOING_RETRY_4XX | OUTGOING_RETRY_5XX};
const struct outgoing_rules sw_document_rules = {2000, 5000, 15000, 0, 0};

const struct carrier_face carrier_face_signalwire = {
    .dialect = "signalwire",
    .compat = &carrier_face_laml,
    .make_login = sw_make_login,
    .make_id = sw_make_id,
    .key_prefix = "PSK_",
    .switches = sw_switches,
    .run = &swml_run,
    .rules = {[OUTGOING_NOTICE] = &sw_notice_rules,
              [OUTGOING_DOCUMENT] = &sw_document_rules,
              [OUTGOING_MEDIA] = &sw_document_rules},
    .redirects_max = 3,
    .ways = {.keeps_silence = true},
    .rest = sw_rest,
    .status_words = sw_status_words,
    .make_status = sw_make_status,
    .make_tape = sw_make_tape,
    .sign = sw_sign,
};
