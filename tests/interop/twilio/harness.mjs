// Starts the carrier and an application beside it, and points the official SDK at them.
import assert from "node:assert/strict";
import twilio from "twilio";
import * as support from "../support/application.mjs";
import * as program from "../support/program.mjs";

export const startCarrier = (...args) => program.startCarrier("twilio", ...args);

/** The SDK, with every request sent to the carrier instead of api.twilio.com. */
export function client(carrier, { account = carrier.account, token = carrier.token } = {}) {
  const inner = new twilio.RequestClient();
  const httpClient = {
    request: (options) =>
      inner.request({
        ...options,
        uri: options.uri.replace(/^https:\/\/api\.twilio\.com/, carrier.base_url),
      }),
  };
  return twilio(account, token, { httpClient });
}

/** An application that has the signature of each webhook checked by the SDK. */
export const startApplication = (carrier) =>
  support.startApplication(({ url, params, header }) =>
    twilio.validateRequest(carrier.token, header("x-twilio-signature"), url, params),
  );

export const ALL_EVENTS = ["initiated", "ringing", "answered", "completed"];

export function ended(app, callSid) {
  const final = ["completed", "busy", "failed", "no-answer", "canceled"];
  return () => app.of("/status").some((r) => r.params.CallSid === callSid && final.includes(r.params.CallStatus));
}

export { twilio, assert };
