#include "providers/mock/carrier/speech.h"

#include "core/base/mem.h"

struct speech {
    int unused;
};

struct speech *speech_new(void) {
    return mem_zalloc(sizeof(struct speech));
}

void speech_free(struct speech *s) {
    mem_free(s);
}
