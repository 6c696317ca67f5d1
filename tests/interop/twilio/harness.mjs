// Points the official SDK at the carrier in a box.
import assert from "node:assert/strict";
import twilio from "twilio";
import { startBox, startPages } from "../box.mjs";

export const startCarrier = (...args) => startBox("twilio", ...args);

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

/** An application: pages by path, each a function of the parameters that returns TwiML. */
export const startApplication = (carrier) =>
  startPages("text/xml", ({ request, url, params }) =>
    twilio.validateRequest(carrier.token, request.headers["x-twilio-signature"] ?? "", url, params),
  );

export const ALL_EVENTS = ["initiated", "ringing", "answered", "completed"];

export function ended(app, callSid) {
  const final = ["completed", "busy", "failed", "no-answer", "canceled"];
  return () => app.of("/status").some((r) => r.params.CallSid === callSid && final.includes(r.params.CallStatus));
}

export { twilio, assert };
