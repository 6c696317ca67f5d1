// Requests for documents signed as SignalWire signs them, and the gateway's verdict beside the SDK's.
import { after, before, test } from "node:test";
import { createHmac } from "node:crypto";
import { BASE, TOKEN, compare, hook, startGateway } from "../../support/gateway.mjs";
import { bend, bendQuery, encode, random, randomPairs, randomText } from "../../support/random.mjs";
import { accepts, assert } from "./harness.mjs";

const KEY = "PSK_0123456789abcdefghijklmn";
const PROJECT = "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36";
const PATH = hook("signalwire", "answer");
const hmac = (text, hash = "sha1", key = KEY) => createHmac(hash, key).update(text).digest("hex");

let gateway;

before(async () => {
  gateway = await startGateway("signalwire", {
    SIGNALWIRE_SPACE: "example.signalwire.com",
    SIGNALWIRE_PROJECT_ID: PROJECT,
    SIGNALWIRE_API_TOKEN: TOKEN,
    SIGNALWIRE_SIGNING_KEY: KEY,
    SIGNALWIRE_PHONE_NUMBER: "+12025550199",
    SIGNALWIRE_API_BASE_URL: "http://127.0.0.1:9",
  });
});
after(() => gateway.stop());

const call = (more = {}) => ({
  call_id: "7a4b1c3e-2c78-4d85-b1a4-6eae7dbafb36",
  project_id: PROJECT,
  call_state: "created",
  direction: "outbound",
  ...more,
});

function randomValue(pick, depth) {
  const kind = pick(depth > 0 ? 7 : 5);
  if (kind < 2) return randomText(pick, 6);
  if (kind === 5) return Array.from({ length: pick(4) }, () => randomValue(pick, depth - 1));
  if (kind === 6) return Object.fromEntries(randomPairs(pick, 4).map(([name]) => [name, randomValue(pick, depth - 1)]));
  return [pick(1e9) - 5e8, pick(2) === 0, null][kind - 2];
}

/** A fetch with members that nobody knows, with and without white space. */
function randomBody(pick) {
  const strange = Object.fromEntries(randomPairs(pick, 4).map(([name]) => [name, randomValue(pick, 2)]));
  const body = { call: call({ to: "+12025550100", tag: randomText(pick) }), vars: strange, envs: {}, strange };
  return JSON.stringify(body, null, pick(3));
}

const isJson = (text) => {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
};

test("ten thousand random fetches, half of them bent, are judged as the SDK judges them", async () => {
  await compare(gateway, random(20261121), (pick) => {
    let target = PATH + (pick(3) === 0 ? `?${encode([["turn", `${pick(9)}`], ...randomPairs(pick, 3)])}` : "");
    let body = randomBody(pick);
    let signature = hmac(BASE + target + body);
    const kind = pick(6);
    if (kind === 0) body = bend(body, pick);
    if (kind === 1) target = bendQuery(target, pick);
    if (kind === 2) signature = bend(signature, pick);
    const headers = { "X-SignalWire-Signature": signature };
    if (pick(2)) headers["X-Signalwire-SHA256-Signature"] = hmac(BASE + target + body, "sha256");
    return {
      request: { target, body, type: "application/json", headers },
      strange: !isJson(body),
      accepted: accepts(KEY, signature, BASE + target, body),
    };
  });
});

test("both signatures of a fetch have to be right", async () => {
  const body = JSON.stringify({ call: call() });
  const [sha1, sha256] = [hmac(BASE + PATH + body), hmac(BASE + PATH + body, "sha256")];
  const send = (headers) => gateway.send({ target: PATH, body, type: "application/json", headers });
  const both = (one, other) => ({ "X-SignalWire-Signature": one, "X-Signalwire-SHA256-Signature": other });
  assert.equal(await send(both(sha1, sha256)), 404);
  for (let i = 0; i < sha256.length; i++) {
    const other = sha256[i] === "0" ? "1" : "0";
    assert.equal(await send(both(sha1, sha256.slice(0, i) + other + sha256.slice(i + 1))), 403, `byte ${i}`);
  }
  assert.equal(await send(both(hmac("other"), sha256)), 403);
  assert.equal(await send(both(sha1.toUpperCase(), sha256)), 403);
  assert.equal(await send({}), 403);
});

test("the API token, another key, host, scheme or prefix signs nothing", async () => {
  const body = JSON.stringify({ call: call() });
  const bases = ["http://gw.example.com/hooks", "https://evil.example.com/hooks", "https://gw.example.com"];
  const wrong = [...bases.map((base) => hmac(base + PATH + body)), hmac(BASE + PATH + body, "sha1", TOKEN)];
  for (const [i, signature] of wrong.entries())
    assert.equal(
      await gateway.send({ target: PATH, body, type: "application/json", headers: { "X-SignalWire-Signature": signature } }),
      403,
      `variant ${i}`,
    );
});
