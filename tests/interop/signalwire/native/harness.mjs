// Starts the carrier and an application beside it, and speaks the Calling API as its pages show it.
// What is official here is the validator of webhooks.
import assert from "node:assert/strict";
import { validateRequest } from "@signalwire/web-api";
import * as support from "../../support/application.mjs";
import { sdkAccepts } from "../../support/gateway.mjs";
import * as program from "../../support/program.mjs";

export const startCarrier = (...args) => program.startCarrier("signalwire", ...args);

/** The SDK's verdict on a request with a JSON body. */
export const accepts = (key, signature, url, body) => sdkAccepts(() => validateRequest(key, signature, url, body));

/** An application that has the signature of each webhook checked by the SDK. */
export const startApplication = (carrier) =>
  support.startApplication(
    ({ url, body, header }) => accepts(carrier.signing_key, header("x-signalwire-signature"), url, body),
    "application/json",
  );

/** One request to the native APIs. */
export async function ask(carrier, method, path, body, token = carrier.token) {
  const response = await fetch(carrier.base_url + path, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${carrier.account}:${token}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** One command of the Calling API; resolves to the call. */
export async function command(carrier, name, params, id) {
  const { status, body } = await ask(carrier, "POST", "/api/calling/calls", { command: name, id, params });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

export const swml = (...main) => JSON.stringify({ version: "1.0.0", sections: { main } });

export const ended = (app, id) => () =>
  app.of("/state").some((r) => r.params.params.call_id === id && r.params.params.call_state === "ended");

export { assert };
