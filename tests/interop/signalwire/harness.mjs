// Points the official SDKs at the carrier in a box: the compatibility SDK with its REST client and its
// validator of forms, the web SDK with its validator of JSON. The native API gets plain requests.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { startBox, startPages } from "../box.mjs";

const require = createRequire(import.meta.url);
export const { RestClient } = require("@signalwire/compatibility-api");
const { validateRequest } = require("@signalwire/web-api");

const HOST = "box.signalwire.com";

export const startCarrier = (...args) => startBox("signalwire", ...args);

/** The SDK, with every request sent to the carrier instead of the space. */
export function client(carrier, { account = carrier.account, token = carrier.token } = {}) {
  const sdk = RestClient(account, token, { signalwireSpaceUrl: HOST });
  const inner = sdk.httpClient; // its own one, which knows https only
  sdk._httpClient = {
    request: (options) => inner.request({ ...options, uri: options.uri.replace(`https://${HOST}`, carrier.base_url) }),
  };
  return sdk;
}

/** One request to the native API. */
export async function ask(carrier, method, path, body, token = carrier.token) {
  const response = await fetch(carrier.base_url + path, {
    method,
    headers: {
      authorization: "Basic " + Buffer.from(`${carrier.account}:${token}`).toString("base64"),
      "content-type": "application/json",
    },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
}

function verify(carrier, { request, url, body, params }) {
  const signature = request.headers["x-signalwire-signature"];
  if (!signature) return null; // not signed
  const json = request.headers["content-type"]?.startsWith("application/json");
  return json
    ? validateRequest(carrier.signing_key, signature, url, body)
    : RestClient.validateRequest(carrier.signing_key, signature, url, params);
}

export const startApplication = (carrier, type) => startPages(type, (r) => verify(carrier, r));

export { assert };
