#include <stdio.h>
#include <stdlib.h>

#include "core/domain/assistant.h"

/*
 * Judges definitions, one in a line of standard input, as the gateway would: "ok", or the code, the
 * field and the text of the first fault, separated by tabs. For agree.py.
 */
int main(void) {
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        struct assistant *a = NULL;
        struct error err = {0};
        size_t len = line[n - 1] == '\n' ? (size_t)n - 1 : (size_t)n;
        if (assistant_parse(str_from(line, len), &a, &err) == ERR_OK)
            puts("ok");
        else
            printf("%s\t%s\t%s\n", error_name(err.code), err.field, err.text);
        assistant_unref(a);
    }
    free(line);
    return ferror(stdin) || fflush(stdout) != 0 ? 1 : 0;
}
