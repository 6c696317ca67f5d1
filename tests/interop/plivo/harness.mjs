// Starts the carrier and an application beside it, and points the official SDK at them.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import plivo from "plivo";
import * as support from "../support/application.mjs";
import * as program from "../support/program.mjs";

export const startCarrier = (...args) => program.startCarrier("plivo", ...args);

/** The SDK has Plivo's address built in: its HTTP library sends what goes there to the carrier. */
const axios = createRequire(createRequire(import.meta.url).resolve("plivo"))("axios");
const send = axios.getAdapter("http");
let carrierUrl;
axios.defaults.adapter = (config) => {
  const url = config.url.replace(/^https:\/\/api\.plivo\.com/, carrierUrl);
  assert.ok(url.startsWith(carrierUrl), `the SDK calls ${config.url}`);
  return send({ ...config, url });
};

export function client(carrier, { account = carrier.account, token = carrier.token } = {}) {
  carrierUrl = carrier.base_url;
  return new plivo.Client(account, token);
}

/** An application that has every signature of each webhook checked by the SDK. */
export const startApplication = (carrier) =>
  support.startApplication(({ method, url, params, header }) => {
    const signature = (name) => header(`x-plivo-signature-${name}`);
    const v3 = (name) =>
      plivo.validateV3Signature(method, url, signature("v3-nonce"), carrier.token, signature(name), params);
    const v2 = (name) => plivo.validateSignature(url, signature("v2-nonce"), signature(name), carrier.token);
    return v3("v3") && v3("ma-v3") && v2("v2") && v2("ma-v2");
  }, "application/xml");

/** A document made with the SDK's own builder. */
export function xml(build) {
  const response = new plivo.Response();
  build(response);
  return response;
}

export const told = (app, path, uuid) => () => app.of(path).some((r) => r.params.CallUUID === uuid);

export { assert, plivo };
