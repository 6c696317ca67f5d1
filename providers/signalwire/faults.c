#include "providers/signalwire/words.h"

/*
 * SignalWire docs: Calling API and common error codes. `retry` says that the same request may be
 * accepted later without anybody changing anything.
 */
const struct signalwire_fault signalwire_faults[] = {
    /* the call is not, or no longer, in the state for it */
    {"invalid_state", ERR_CONFLICT, false, "The call is not in the state for this."},
    {"invalid_call_state", ERR_CONFLICT, false, "The call is not in the state for this."},
    {"cannot_cancel_in_progress", ERR_CONFLICT, false, "The call is answered already."},
    {"cannot_redirect_not_in_progress", ERR_CONFLICT, false, "The call is not in progress."},
    {"cannot_update_completed", ERR_CONFLICT, false, "The call is over."},
    {"call_update_failed", ERR_CONFLICT, true, "The call changed at the same time: try again."},
    {"does_not_exist", ERR_NOT_FOUND, false, "The carrier does not know it: check project and id."},
    {"invalid_call_id_passed", ERR_NOT_FOUND, false,
     "The call was placed in the other mode: see SIGNALWIRE_MODE."},

    {"rate_limit_exceeded", ERR_RATE_LIMIT, true, "Too many requests at once: it is tried later."},
    {"max_queued_calls_exceeded", ERR_RATE_LIMIT, true, "The carrier's queue is full: wait."},
    {"insufficient_balance", ERR_AUTH, false, "The balance is used up: add funds in the console."},
    {"feature_not_available", ERR_AUTH, false, "The project may not do this: ask the carrier."},
    {"billing_route_not_found", ERR_INVALID, false, "The carrier has no route to this number."},

    {"invalid_pstn_destination", ERR_INVALID, false, "Check the number to call: E.164."},
    {"invalid_destination_number", ERR_INVALID, false, "Check the number to call: E.164."},
    {"destination_number_not_supported", ERR_INVALID, false, "The carrier blocks this number."},
    {"invalid_sip_destination", ERR_INVALID, false, "The SIP address is invalid: check it."},
    {"to_destination_unresolvable", ERR_INVALID, false, "Check the number to call: E.164."},
    {"not_routable", ERR_INVALID, false, "The number cannot be reached from this carrier."},
    {"not_routeable", ERR_INVALID, false, "The number cannot be reached from this carrier."},
    {"invalid_from_number", ERR_INVALID, false, "Check the caller id: SIGNALWIRE_PHONE_NUMBER."},
    {"not_purchased_or_verified", ERR_INVALID, false,
     "Buy or verify the caller id, or set one that is yours."},
    {"number_not_verified", ERR_INVALID, false, "Verify the caller id in the console."},
    {"not_valid_for_caller_id", ERR_INVALID, false, "Set a caller id that is yours."},
    {"not_voice_capable", ERR_INVALID, false, "The caller id cannot make calls: set another one."},

    {"url_is_unsafe", ERR_INVALID, false,
     "PUBLIC_BASE_URL must be an address that the carrier reaches over the internet."},
    {"not_an_http_url", ERR_INVALID, false, "An address is no http(s) URL: check PUBLIC_BASE_URL."},
    {"invalid_http_method", ERR_INVALID, false, "A callback method is invalid: report this fault."},
    {"inline_swml_or_swml_webhook_required", ERR_INVALID, false,
     "The request names no document: report this fault."},
    {"not_json_or_yaml", ERR_INVALID, false, "The document cannot be read: report this fault."},
    {"not_a_valid_json", ERR_INVALID, false, "The document is no JSON: report this fault."},
    {"missing_required_parameter", ERR_INVALID, false, "A parameter is missing: see the message."},
    {"invalid_parameter", ERR_INVALID, false, "A parameter is not acceptable: see the message."},
    {"incompatible_parameters", ERR_INVALID, false, "Parameters contradict: report this fault."},
    {"invalid_command_attempted", ERR_INVALID, false, "The command is unknown: report this fault."},
    {"invalid_codecs_format", ERR_INVALID, false, "The codecs are invalid: report this fault."},
    {"unsupported_region", ERR_INVALID, false, "The region is unknown: report this fault."},
    {"too_many_custom_variables", ERR_INVALID, false, "Too many variables: report this fault."},
    {"invalid_custom_variable_name", ERR_INVALID, false, "A variable is wrong: report this fault."},
    {"reserved_custom_variable_name", ERR_INVALID, false,
     "A variable is wrong: report this fault."},
    {"invalid_custom_variable_value", ERR_INVALID, false,
     "A variable is wrong: report this fault."},
    {"custom_variable_value_too_long", ERR_INVALID, false,
     "A variable is too long: report this fault."},
};
const size_t signalwire_fault_count = ARRAY_LEN(signalwire_faults);
