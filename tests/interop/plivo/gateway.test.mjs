// Callbacks signed as Plivo signs them, and the gateway's verdict beside the SDK's. The SDK verifies
// but does not sign: the signer here is a third opinion.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import querystring from "node:querystring";
import plivo from "plivo";
import { BASE, TOKEN, compare, hook, isForm, sdkAccepts, startGateway } from "../support/gateway.mjs";
import { bend, encode, random, randomPairs } from "../support/random.mjs";

const PATH = hook("plivo", "status");
let gateway;

before(async () => {
  gateway = await startGateway("plivo", {
    PLIVO_AUTH_ID: "MA0123456789ABCDEFGH",
    PLIVO_AUTH_TOKEN: TOKEN,
    PLIVO_PHONE_NUMBER: "+12025550199",
    PLIVO_API_BASE_URL: "http://127.0.0.1:9",
  });
});
after(() => gateway.stop());

const CALL = ["CallUUID", "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36"]; /* what is verified is understood, too */
const bytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const sorted = (pairs) => [...pairs].sort((x, y) => bytes(x[0], y[0]) || bytes(x[1], y[1]));
const hmac = (text, token = TOKEN) => createHmac("sha256", token).update(text).digest("base64");

/** The text of a V3 signature (plivo-node dist/utils/v3Security.js). */
function textOf(method, base, query, fields, nonce) {
  const q = sorted(query).map(([k, v]) => `${k}=${v}`).join("&");
  const p = method === "POST" ? sorted(fields).map(([k, v]) => k + v).join("") : "";
  const mark = query.length || p ? "?" : "";
  return base + mark + q + (query.length && p ? "." : "") + p + "." + nonce;
}

function randomRequest(pick) {
  const method = pick(3) ? "POST" : "GET";
  const query = method === "GET" ? [CALL, ...randomPairs(pick, 4)] : randomPairs(pick, 4);
  const fields = method === "POST" ? [CALL, ...randomPairs(pick, 5)] : [];
  const target = PATH + (query.length ? "?" + encode(query) : "");
  const nonce = `${pick(1e9)}${pick(1e9)}`;
  return { method, query, fields, target, body: encode(fields), nonce };
}

test("ten thousand random V3 callbacks, half of them bent, are judged as the SDK judges them", async () => {
  await compare(gateway, random(20261121), (pick) => {
    const r = randomRequest(pick);
    let signature = hmac(textOf(r.method, BASE + PATH, r.query, r.fields, r.nonce));
    if (pick(5) === 0) signature = `${hmac(r.nonce, "another token")},${signature}`;
    let { target, body, nonce } = r;
    const kind = pick(8);
    if (kind === 0 && r.method === "POST") body = bend(body, pick);
    if (kind === 1) target = PATH + bend(target.slice(PATH.length), pick).replace("#", "");
    if (kind === 2) nonce = bend(nonce, pick);
    if (kind === 3) signature = bend(signature, pick);
    if (target.length > PATH.length && target[PATH.length] !== "?") target = PATH + "?" + target.slice(PATH.length);
    const name = ["X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3"][pick(2)];
    const fields = r.method === "POST" ? querystring.parse(body) : {};
    return {
      request: { method: r.method, target, body, headers: { [name]: signature, "X-Plivo-Signature-V3-Nonce": nonce } },
      strange: !isForm(body), /* the SDK reads what is no form; the gateway does not */
      accepted: sdkAccepts(() => plivo.validateV3Signature(r.method, BASE + target, nonce, TOKEN, signature, fields)),
    };
  });
});

test("ten thousand random V2 callbacks, half of them bent, are judged as the SDK judges them", async () => {
  await compare(gateway, random(42), (pick) => {
    const r = randomRequest(pick);
    let { nonce } = r;
    let signature = hmac(BASE + PATH + nonce);
    const kind = pick(4);
    if (kind === 0) nonce = bend(nonce, pick);
    if (kind === 1) signature = bend(signature, pick);
    const name = ["X-Plivo-Signature-V2", "X-Plivo-Signature-Ma-V2"][pick(2)];
    return {
      request: { method: r.method, target: r.target, body: r.body, headers: { [name]: signature, "X-Plivo-Signature-V2-Nonce": nonce } },
      accepted: sdkAccepts(() => plivo.validateSignature(BASE + r.target, nonce, signature, TOKEN)),
    };
  });
});

test("a nonce that was seen carries the same callback again and no other", async () => {
  const headers = { "X-Plivo-Signature-V2": hmac(BASE + PATH + "777"), "X-Plivo-Signature-V2-Nonce": "777" };
  const request = { method: "POST", target: PATH, body: "CallStatus=ringing", headers };
  assert.equal(await gateway.send(request), 404);
  assert.equal(await gateway.send(request), 404);
  assert.equal(await gateway.send({ ...request, body: "CallStatus=completed" }), 403);
});
