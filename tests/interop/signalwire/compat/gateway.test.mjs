// The SDK signs, the gateway verifies.
import { after, before, test } from "node:test";
import { createRequire } from "node:module";
import path from "node:path";
import querystring from "node:querystring";
import { BASE, TOKEN, compare, hook, isForm, sdkAccepts, startGateway } from "../../support/gateway.mjs";
import { bend, bendQuery, encode, random, randomPairs } from "../../support/random.mjs";
import { RestClient, assert } from "./harness.mjs";

/* The signer stands beside the validator, but is not exported. */
const require = createRequire(import.meta.url);
const library = path.resolve(path.dirname(require.resolve("@signalwire/compatibility-api")), "../lib");
const { getExpectedTwilioSignature } = require(path.join(library, "webhooks/webhooks.js"));

const KEY = "PSK_0123456789abcdefghijklmn";
const PROJECT = "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36";
/* what is verified is understood, too */
const CALL = [["AccountSid", PROJECT], ["CallSid", "7a4b1c3e-2c78-4d85-b1a4-6eae7dbafb36"]];
const PATH = hook("signalwire", "status");
const validate = (header, url, params) =>
  sdkAccepts(() => RestClient.validateRequest(KEY, header, url, params, true));

let gateway;

before(async () => {
  gateway = await startGateway("signalwire", {
    SIGNALWIRE_MODE: "compat",
    SIGNALWIRE_SPACE: "example.signalwire.com",
    SIGNALWIRE_PROJECT_ID: PROJECT,
    SIGNALWIRE_API_TOKEN: TOKEN,
    SIGNALWIRE_SIGNING_KEY: KEY,
    SIGNALWIRE_PHONE_NUMBER: "+12025550199",
    SIGNALWIRE_API_BASE_URL: "http://127.0.0.1:9",
  });
});
after(() => gateway.stop());

const sign = (target, body, key = KEY, base = BASE) => getExpectedTwilioSignature(key, base + target, querystring.parse(body));
const send = (target, body, signature, name = "X-SignalWire-Signature") =>
  gateway.send({ target, body, headers: signature === undefined ? {} : { [name]: signature } });

test("ten thousand random callbacks, half of them bent, are judged as the SDK judges them", async () => {
  await compare(gateway, random(20261121), (pick) => {
    let target = PATH + (pick(3) === 0 ? `?${encode([["turn", `${pick(9)}`], ...randomPairs(pick, 3)])}` : "");
    let body = encode([...CALL, ...randomPairs(pick, 8)]);
    let signature = sign(target, body);
    const kind = pick(6);
    if (kind === 0) body = bend(body, pick);
    if (kind === 1) target = bendQuery(target, pick);
    if (kind === 2) signature = bend(signature, pick);
    return {
      request: { target, body, headers: { "x-signalwire-signature": signature } },
      strange: !isForm(body),
      accepted: validate(signature, BASE + target, querystring.parse(body)),
    };
  });
});

test("each change of a signed callback is refused", async () => {
  const fields = [...CALL, ["CallStatus", "ringing"], ["To", "+12025550100"]];
  const body = encode(fields);
  const good = sign(PATH, body);
  assert.equal(await send(PATH, body, good), 404);
  for (let i = 0; i < good.length - 1; i++) {
    const other = good[i] === "A" ? "B" : "A";
    assert.equal(await send(PATH, body, good.slice(0, i) + other + good.slice(i + 1)), 403, `signature byte ${i}`);
  }
  for (const [i, [name, value]] of fields.entries()) {
    const changed = fields.map((field, j) => (i === j ? [name, `${value}0`] : field));
    assert.equal(await send(PATH, encode(changed), good), 403, name);
    assert.equal(await send(PATH, encode(fields.filter((_, j) => j !== i)), good), 403, `no ${name}`);
  }
  assert.equal(await send(PATH, `${body}&Extra=1`, good), 403);
  assert.equal(await send(`${PATH}?x=1`, body, good), 403);
  assert.equal(await send(PATH.replace("/status", "/answer"), body, good), 403);
  assert.equal(await send(PATH, body, undefined), 403);
});

test("the API token, another key, host, scheme or prefix signs nothing", async () => {
  const body = encode(CALL);
  const wrong = [
    sign(PATH, body, TOKEN),
    sign(PATH, body, `${KEY}0`),
    sign(PATH, body, KEY, "http://gw.example.com/hooks"),
    sign(PATH, body, KEY, "https://evil.example.com/hooks"),
    sign(PATH, body, KEY, "https://gw.example.com"),
  ];
  for (const [i, signature] of wrong.entries()) assert.equal(await send(PATH, body, signature), 403, `variant ${i}`);
});
