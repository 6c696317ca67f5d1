#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/app/assistant_files.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define DEFINITION(name, more)     \
    "{\"name\":\"" name "\"," more \
    "\"flow\":{\"states\":[{\"id\":\"e\",\"end\":{\"outcome\":\"x\"}}]}}"
#define TITLE(t) "\"title\":\"" t "\","
#define BROKEN   "{\"name\":\"a\",\"limits\":{\"max_turns\":0}}"

/* A directory with one assistant, and a clock that the test moves. */
struct shelf {
    struct temp_dir dir;
    struct fake_clock time;
    struct assistant_files *files;
};

static void put(const struct shelf *s, const char *name, const char *text) {
    char path[320], other[330];
    temp_dir_file(&s->dir, name, path);
    snprintf(other, sizeof other, "%s~", path);
    FILE *f = fopen(other, "wb");
    REQUIRE(f);
    fputs(text, f);
    fclose(f);
    EXPECT_INT(rename(other, path), 0); /* as editors write */
}

static void discard(const struct shelf *s, const char *name) {
    char path[320];
    temp_dir_file(&s->dir, name, path);
    EXPECT_INT(unlink(path), 0);
}

static void shelf_open(struct shelf *s) {
    *s = (struct shelf){0};
    temp_dir_init(&s->dir);
    fake_clock_init(&s->time);
    put(s, "a.json", DEFINITION("a", TITLE("one")));
    REQUIRE(assistant_files_load(s->dir.path, &s->files, NULL) == ERR_OK);
}

static void shelf_close(struct shelf *s) {
    assistant_files_free(s->files);
    temp_dir_release(&s->dir);
}

static void look(struct shelf *s) {
    fake_clock_advance_ms(&s->time, 1000);
    assistant_files_refresh(s->files, fake_clock_of(&s->time), NULL);
}

static int64_t now(struct shelf *s) {
    struct clock clock = fake_clock_of(&s->time);
    return clock_wall_ms(&clock);
}

/** "" when there is none of that name. */
static void expect_title(struct shelf *s, const char *name, int64_t at_ms, const char *title) {
    const struct assistant *a = assistant_files_find_at(s->files, str_z(name), at_ms);
    EXPECT(str_eq_z(a ? a->title : (struct str){0}, title));
    assistant_unref(a);
}

static void note_fault(void *ctx, const struct assistant_file *f) {
    char *text = ctx;
    if (f->fault.len > 0)
        snprintf(text + strlen(text), 400 - strlen(text), STR_FMT "\n", STR_ARG(f->fault));
}

static void expect_fault(struct shelf *s, const char *part) {
    char text[400] = "";
    assistant_files_each_file(s->files, note_fault, text);
    if (!part)
        EXPECT_STR(text, "");
    else
        (void)test_check(strstr(text, part) != NULL, __FILE__, __LINE__, text);
}

TEST(assistant_reload, takes_up_what_changes_appears_and_disappears) {
    struct shelf s;
    shelf_open(&s);
    look(&s);
    expect_title(&s, "a", INT64_MAX, "one");
    put(&s, "a.json", DEFINITION("a", TITLE("two")));
    put(&s, "b.json", DEFINITION("b", TITLE("new")));
    look(&s);
    expect_title(&s, "a", INT64_MAX, "two");
    expect_title(&s, "b", INT64_MAX, "new");
    discard(&s, "a.json");
    look(&s);
    expect_title(&s, "a", INT64_MAX, "");
    expect_title(&s, "b", INT64_MAX, "new");
    shelf_close(&s);
}

TEST(assistant_reload, lets_calls_go_on_with_the_version_they_began_with) {
    struct shelf s;
    shelf_open(&s);
    int64_t before = now(&s);
    put(&s, "a.json", DEFINITION("a", TITLE("two")));
    look(&s);
    int64_t between = now(&s);
    put(&s, "a.json", DEFINITION("a", TITLE("three")));
    look(&s);
    expect_title(&s, "a", before, "one");
    expect_title(&s, "a", between, "two");
    expect_title(&s, "a", now(&s), "three");
    discard(&s, "a.json");
    look(&s);
    expect_title(&s, "a", before, "one");
    fake_clock_advance_ms(&s.time, INT64_C(2000) * CALL_TIME_LIMIT_MAX_S);
    look(&s);
    expect_title(&s, "a", before, ""); /* no call runs for so long */
    shelf_close(&s);
}

TEST(assistant_reload, keeps_the_last_good_version_of_a_broken_file_and_says_so) {
    struct shelf s;
    shelf_open(&s);
    put(&s, "a.json", BROKEN);
    look(&s);
    expect_title(&s, "a", INT64_MAX, "one");
    expect_fault(&s, "a.json: limits.max_turns: write a whole number");
    look(&s);
    expect_fault(&s, "a.json: limits.max_turns: write a whole number");
    put(&s, "a.json", DEFINITION("a", TITLE("one")));
    look(&s);
    expect_fault(&s, NULL); /* back to what is in force */
    put(&s, "a.json", "{");
    look(&s);
    expect_fault(&s, "a.json: ");
    put(&s, "a.json", DEFINITION("a", TITLE("two")));
    look(&s);
    expect_fault(&s, NULL);
    expect_title(&s, "a", INT64_MAX, "two");
    shelf_close(&s);
}

TEST(assistant_reload, names_a_new_file_that_was_never_good) {
    struct shelf s;
    shelf_open(&s);
    put(&s, "b.json", "{");
    look(&s);
    expect_fault(&s, "b.json: ");
    discard(&s, "b.json");
    look(&s);
    expect_fault(&s, NULL);
    shelf_close(&s);
}

TEST(assistant_reload, is_not_held_up_by_what_is_no_file) {
    struct shelf s;
    char path[320];
    shelf_open(&s);
    temp_dir_file(&s.dir, "0_pipe.json", path);
    EXPECT_INT(mkfifo(path, 0600), 0);
    temp_dir_file(&s.dir, "1_dir.json", path);
    EXPECT_INT(mkdir(path, 0700), 0);
    put(&s, "a.json", DEFINITION("a", TITLE("two")));
    look(&s);
    expect_fault(&s, "0_pipe.json: is no file");
    expect_fault(&s, "1_dir.json: is no file");
    expect_title(&s, "a", now(&s), "two");
    shelf_close(&s);
}

TEST(assistant_reload, gives_a_name_and_a_number_to_one_file_only) {
    struct shelf s;
    shelf_open(&s);
    put(&s, "b.json", DEFINITION("a", TITLE("second")));
    look(&s);
    expect_title(&s, "a", INT64_MAX, "one");
    expect_fault(&s, "of the same name, rename one");
    discard(&s, "a.json");
    look(&s);
    expect_title(&s, "a", INT64_MAX, "second"); /* it had waited */
    expect_fault(&s, NULL);
    put(&s, "b.json", DEFINITION("a", "\"numbers\":[\"+12025550100\"],"));
    put(&s, "c.json", DEFINITION("c", "\"numbers\":[\"+12025550100\"],"));
    look(&s);
    expect_fault(&s, "both answer +12025550100, remove it from one");
    const struct assistant *a = assistant_files_find_number(s.files, STR("+12025550100"));
    EXPECT(a && str_eq(a->name, STR("a")));
    assistant_unref(a);
    EXPECT(!assistant_files_find_number(s.files, STR("+12025550101")));
    shelf_close(&s);
}

TEST(assistant_reload, follows_a_file_that_is_renamed) {
    struct shelf s;
    char from[320], to[320];
    shelf_open(&s);
    temp_dir_file(&s.dir, "a.json", from);
    temp_dir_file(&s.dir, "z.json", to);
    EXPECT_INT(rename(from, to), 0);
    look(&s);
    expect_title(&s, "a", INT64_MAX, "one");
    expect_fault(&s, NULL);
    shelf_close(&s);
}

TEST(assistant_reload, keeps_everything_while_the_directory_cannot_be_read) {
    struct shelf s;
    char away[320];
    shelf_open(&s);
    snprintf(away, sizeof away, "%s-away", s.dir.path);
    EXPECT_INT(rename(s.dir.path, away), 0);
    look(&s);
    expect_title(&s, "a", INT64_MAX, "one");
    EXPECT_INT(rename(away, s.dir.path), 0);
    put(&s, "a.json", DEFINITION("a", TITLE("two")));
    look(&s);
    expect_title(&s, "a", INT64_MAX, "two");
    shelf_close(&s);
}

TEST(assistant_reload, refuses_to_begin_with_one_number_in_two_files) {
    struct shelf s;
    struct assistant_files *files = NULL;
    struct error err = {0};
    shelf_open(&s);
    put(&s, "b.json", DEFINITION("b", "\"numbers\":[\"+12025550100\"],"));
    put(&s, "c.json", DEFINITION("c", "\"numbers\":[\"+12025550100\"],"));
    EXPECT_INT(assistant_files_load(s.dir.path, &files, &err), ERR_CONFLICT);
    EXPECT_STR(err.field, "numbers");
    EXPECT(strstr(err.text, "b.json") && strstr(err.text, "c.json"));
    shelf_close(&s);
}

static void *read_on(void *arg) {
    struct assistant_files *files = arg;
    for (size_t i = 0; i < 2000; i++) {
        const struct assistant *a = assistant_files_find(files, STR("a"));
        EXPECT(a && a->title.len == 3);
        assistant_unref(a);
    }
    return NULL;
}

TEST(assistant_reload, watches_by_itself_while_others_read) {
    enum {
        LIMIT_MS = 60000
    };
    struct shelf s;
    struct log log;
    int ends[2];
    pthread_t reader;
    shelf_open(&s);
    REQUIRE(pipe(ends) == 0);
    log_init(&log, clock_system(), LOG_INFO, LOG_TEXT, ends[1]);
    REQUIRE(assistant_files_watch(s.files, 1, clock_system(), &log, NULL) == ERR_OK);
    REQUIRE(pthread_create(&reader, NULL, read_on, s.files) == 0);
    put(&s, "a.json", DEFINITION("a", TITLE("two")));
    EXPECT_INT(poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, LIMIT_MS), 1);
    expect_title(&s, "a", INT64_MAX, "two");
    pthread_join(reader, NULL);
    shelf_close(&s);
    close(ends[0]);
    close(ends[1]);
}
