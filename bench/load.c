/*
 * Sends requests that were made and signed beforehand, and prints what came back as one JSON line.
 *
 *   bench_load status|answer|place|raw --port N --calls N [--list FILE] [--first N] [--repeat N]
 *              [--connections N] [--rate N] [--expect STATUS] [--suffix NN] [--assistant NAME]
 *
 * The server's CPU time is for the caller to read, from before this program starts to after it
 * ends: making the requests costs the server nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/load_drive.h"
#include "core/base/compiler.h"
#include "core/base/secret.h"

struct arguments {
    struct load_options load;
    struct drive_options drive;
};

static size_t number(const char *text) {
    uint64_t n = 0;
    if (!str_to_u64(str_z(text), 100000000, &n)) {
        fprintf(stderr, "bench_load: %s is no number\n", text);
        exit(2);
    }
    return (size_t)n;
}

static bool set_option(struct arguments *a, const char *name, const char *value) {
    const struct {
        const char *name;
        const char **text;
        size_t *count;
    } options[] = {
        {"--list", &a->load.list_path, NULL},      {"--public-url", &a->load.public_url, NULL},
        {"--account", &a->load.account, NULL},     {"--token", &a->load.token, NULL},
        {"--assistant", &a->load.assistant, NULL}, {"--suffix", &a->load.suffix, NULL},
        {"--first", NULL, &a->load.first},         {"--calls", NULL, &a->load.calls},
        {"--repeat", NULL, &a->load.repeat},       {"--connections", NULL, &a->drive.connections},
    };
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (strcmp(name, options[i].name) != 0)
            continue;
        if (options[i].text)
            *options[i].text = value;
        else
            *options[i].count = number(value);
        return true;
    }
    if (strcmp(name, "--port") == 0)
        a->drive.port = (uint16_t)number(value);
    else if (strcmp(name, "--rate") == 0)
        a->drive.rate_per_s = number(value);
    else if (strcmp(name, "--expect") == 0)
        a->drive.expect = (int)number(value);
    else
        return false;
    return true;
}

static bool read_arguments(struct arguments *a, int argc, char **argv) {
    static const char *const kinds[] = {[LOAD_STATUS] = "status",
                                        [LOAD_ANSWER] = "answer",
                                        [LOAD_PLACE] = "place",
                                        [LOAD_RAW] = "raw"};
    static const int expected[] = {
        [LOAD_STATUS] = 204, [LOAD_ANSWER] = 200, [LOAD_PLACE] = 202, [LOAD_RAW] = 200};
    for (size_t k = 1; argc > 1 && k < ARRAY_LEN(kinds); k++)
        if (strcmp(argv[1], kinds[k]) == 0) {
            a->load.kind = (enum load_kind)k;
            a->drive.expect = expected[k];
        }
    for (int i = 2; i < argc; i += 2)
        if (i + 1 == argc || !set_option(a, argv[i], argv[i + 1]))
            return false;
    bool whole = a->drive.connections > 0 && a->load.calls % a->drive.connections == 0;
    if (!whole)
        fprintf(stderr, "bench_load: --calls must be a multiple of --connections\n");
    return a->load.kind != LOAD_NONE && a->drive.port && a->load.calls && whole &&
           (a->load.list_path || a->load.kind == LOAD_PLACE);
}

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    struct arguments a = {.load = {.public_url = "https://gw.example.com",
                                   .account = "AC0123456789abcdef0123456789abcdef",
                                   .token = "12345678901234567890123456789012",
                                   .assistant = "debt-intake",
                                   .suffix = "00",
                                   .repeat = 1},
                          .drive = {.connections = 64}};
    struct load_requests rs = {0};
    if (!secret_system_init() || !read_arguments(&a, argc, argv)) {
        fprintf(stderr, "usage: bench_load status|answer|place|raw --port N --calls N …\n");
        return 2;
    }
    load_requests_make(&rs, &a.load);
    double cpu = cpu_seconds();
    struct drive_result r = drive(&rs, &a.drive);
    cpu = cpu_seconds() - cpu;
    printf("{\"answered\":%zu,\"wrong\":%zu,\"wrong_status\":%d,\"missing\":%zu,\"seconds\":%.4f,"
           "\"p50_us\":%u,\"p99_us\":%u,\"p999_us\":%u,\"max_us\":%u,\"generator_cpu\":%.3f,"
           "\"bytes\":%zu}\n",
           r.answered, r.wrong, r.wrong_status, r.missing, r.seconds, r.p50_us, r.p99_us, r.p999_us,
           r.max_us, cpu, rs.count ? rs.bytes_len / rs.count : 0);
    load_requests_release(&rs);
    return r.wrong == 0 && r.missing == 0 ? 0 : 1;
}
