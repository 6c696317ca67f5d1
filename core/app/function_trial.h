#ifndef CORE_APP_FUNCTION_TRIAL_H
#define CORE_APP_FUNCTION_TRIAL_H

#include "core/engine/functions.h"

/* Running one function by hand: `switchhook exec`, POST /api/test_function. */
struct function_trial {
    const struct assistant *assistant; /* NULL: every built-in function */
    struct str function;
    struct str arguments_json;   /* object; "" is {} */
    struct str variables_json;   /* object of the assistant's variables; "" none */
    struct str global_data_json; /* object; "" what the assistant begins with */
    struct str session_id, caller_id;
    struct store *store;                  /* NULL: nothing was kept before */
    const struct function_remote *remote; /* NULL: remote functions fail */
    int64_t now_ms;
};

/** As function_run_text(). Errors of variables and data have their names in err->field. */
NODISCARD enum error_code function_trial_run(const struct function_trial *t, struct arena *arena,
                                             struct function_reply *out, struct error *err);

#endif
