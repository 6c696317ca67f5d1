// Starts the carrier and an application beside it, and points the official SDK at them.
import assert from "node:assert/strict";
import { RestClient } from "@signalwire/compatibility-api";
import * as support from "../../support/application.mjs";
import * as program from "../../support/program.mjs";

export const startCarrier = (...args) => program.startCarrier("signalwire", ...args);

/** The SDK speaks HTTPS to a space: what goes there is sent to the carrier. */
export function client(carrier, { account = carrier.account, token = carrier.token } = {}) {
  const space = "example.signalwire.com";
  const inner = new RestClient.RequestClient();
  const httpClient = {
    request: (options) => {
      const uri = options.uri.replace(`https://${space}`, carrier.base_url);
      assert.ok(uri.startsWith(carrier.base_url), `the SDK calls ${options.uri}`);
      return inner.request({ ...options, uri });
    },
  };
  return RestClient(account, token, { signalwireSpaceUrl: space, httpClient });
}

/** An application that has the signature of each webhook checked by the SDK. */
export const startApplication = (carrier) =>
  support.startApplication(({ url, params, header }) =>
    RestClient.validateRequest(carrier.signing_key, header("x-signalwire-signature"), url, params),
  );

/** A document made with the SDK's own builder. */
export function laml(build) {
  const response = new RestClient.LaML.VoiceResponse();
  build(response);
  return response;
}

export const ALL_EVENTS = ["initiated", "ringing", "answered", "completed"];
export const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function ended(app, callSid) {
  const final = ["completed", "busy", "failed", "no-answer", "canceled"];
  return () => app.of("/status").some((r) => r.params.CallSid === callSid && final.includes(r.params.CallStatus));
}

export { RestClient, assert };
