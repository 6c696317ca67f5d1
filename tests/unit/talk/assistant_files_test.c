#include "core/app/assistant_files.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define FLOW_OK "\"flow\":{\"states\":[{\"id\":\"e\",\"end\":{\"outcome\":\"x\"}}]}}"

static void put(const struct temp_dir *dir, const char *name, const char *text) {
    char path[320];
    temp_dir_file(dir, name, path);
    FILE *f = fopen(path, "wb");
    EXPECT(f != NULL);
    if (f) {
        fputs(text, f);
        fclose(f);
    }
}

static void count(void *ctx, const struct assistant *a) {
    (void)a;
    ++*(size_t *)ctx;
}

static bool holds(const char *text, const char *part) {
    return str_find_str(str_z(text), str_z(part)) < str_z(text).len;
}

TEST(assistant_files, loads_the_samples) {
    struct assistant_files *files = NULL;
    struct error err = {0};
    EXPECT_INT(assistant_files_load(SWH_SOURCE_DIR "/assistants", &files, &err), ERR_OK);
    EXPECT_STR(err.text, "");
    REQUIRE(files);
    const struct assistant *a = assistant_files_find(files, STR("debt-intake"));
    const struct assistant *b = assistant_files_find(files, STR("personal-assistant"));
    EXPECT(a && b);
    EXPECT(!assistant_files_find(files, STR("nobody")));
    assistant_files_free(files);
    EXPECT(str_eq(a->name, STR("debt-intake"))); /* our reference outlives the set */
    assistant_unref(a);
    assistant_unref(b);
}

TEST(assistant_files, takes_json_files_only) {
    struct temp_dir dir;
    struct assistant_files *files = NULL;
    size_t n = 0;
    temp_dir_init(&dir);
    EXPECT_INT(assistant_files_load(dir.path, &files, NULL), ERR_OK);
    assistant_files_each(files, count, &n);
    EXPECT_INT(n, 0);
    assistant_files_free(files);
    put(&dir, "a.json", "{\"name\":\"a\"," FLOW_OK);
    put(&dir, "b.json.bak", "nonsense");
    put(&dir, ".hidden.json", "nonsense");
    put(&dir, "README.md", "nonsense");
    EXPECT_INT(assistant_files_load(dir.path, &files, NULL), ERR_OK);
    assistant_files_each(files, count, &n);
    EXPECT_INT(n, 1);
    assistant_files_free(files);
    temp_dir_release(&dir);
}

TEST(assistant_files, names_the_file_and_the_place_of_a_fault) {
    struct temp_dir dir;
    struct assistant_files *files = NULL;
    struct error err = {0};
    temp_dir_init(&dir);
    put(&dir, "bad.json", "{\"name\":\"a\",\"limits\":{\"max_turns\":0}," FLOW_OK);
    EXPECT_INT(assistant_files_load(dir.path, &files, &err), ERR_INVALID);
    EXPECT(holds(err.text, "bad.json: limits.max_turns: "));
    EXPECT_STR(err.field, "limits.max_turns");
    put(&dir, "bad.json", "{\n\n oops");
    EXPECT_INT(assistant_files_load(dir.path, &files, &err), ERR_INVALID);
    EXPECT(holds(err.text, "bad.json: "));
    EXPECT(holds(err.text, "line 3"));
    EXPECT(files == NULL);
    temp_dir_release(&dir);
}

TEST(assistant_files, refuses_two_files_with_one_name) {
    struct temp_dir dir;
    struct assistant_files *files = NULL;
    struct error err = {0};
    temp_dir_init(&dir);
    put(&dir, "one.json", "{\"name\":\"a\"," FLOW_OK);
    put(&dir, "two.json", "{\"name\":\"a\"," FLOW_OK);
    EXPECT_INT(assistant_files_load(dir.path, &files, &err), ERR_CONFLICT);
    EXPECT(holds(err.text, "one.json") && holds(err.text, "two.json"));
    temp_dir_release(&dir);
}

TEST(assistant_files, says_which_setting_names_a_missing_directory) {
    struct assistant_files *files = NULL;
    struct error err = {0};
    EXPECT_INT(assistant_files_load("/nonexistent/assistants", &files, &err), ERR_IO);
    EXPECT_STR(err.field, "SWITCHHOOK_ASSISTANTS_DIR");
    EXPECT(holds(err.text, "/nonexistent/assistants"));
}
