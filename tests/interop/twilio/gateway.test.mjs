// The SDK signs, the gateway verifies.
import { after, before, test } from "node:test";
import querystring from "node:querystring";
import twilio from "twilio";
import { BASE, TOKEN, compare, hook, isForm, sdkAccepts, startGateway } from "../support/gateway.mjs";
import { bend, bendQuery, encode, random, randomPairs, randomText } from "../support/random.mjs";
import { assert } from "./harness.mjs";

const ACCOUNT = "AC" + "0".repeat(31) + "1";
const CALL = { AccountSid: ACCOUNT, CallSid: "CA" + "0".repeat(32) }; /* what is verified is understood, too */
const PATH = hook("twilio", "status");
const sign = (url, params) => twilio.getExpectedTwilioSignature(TOKEN, url, params);
const form = (params) =>
  encode(Object.entries(params).flatMap(([k, v]) => (Array.isArray(v) ? v.map((x) => [k, x]) : [[k, v]])));

let gateway;

before(async () => {
  gateway = await startGateway("twilio", {
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    TWILIO_PHONE_NUMBER: "+12025550199",
    TWILIO_API_BASE_URL: "http://127.0.0.1:9",
  });
});
after(() => gateway.stop());

const send = (target, body, signature) =>
  gateway.send({ target, body, headers: signature === undefined ? {} : { "x-twilio-signature": signature } });

function randomParams(pick) {
  const params = { ...CALL };
  for (let i = pick(12); i > 0; i--) {
    const name = "P" + pick(40).toString(36).toUpperCase() + (pick(2) ? "_" : "") + pick(9);
    params[name] = pick(6) === 0 ? [randomText(pick), randomText(pick)] : randomText(pick, 8);
  }
  return params;
}

test("ten thousand random callbacks, half of them bent, are judged as the SDK judges them", async () => {
  await compare(gateway, random(20261121), (pick) => {
    const params = randomParams(pick);
    let target = PATH + (pick(3) === 0 ? `?${encode([["turn", `${pick(9)}`], ...randomPairs(pick, 3)])}` : "");
    let signature = sign(BASE + target, params);
    let body = form(params);
    const kind = pick(6);
    if (kind === 0) body = bend(body, pick);
    if (kind === 1) target = bendQuery(target, pick);
    if (kind === 2) signature = bend(signature, pick);
    return {
      request: { target, body, headers: { "x-twilio-signature": signature } },
      strange: !isForm(body) || kind === 1, /* the SDK also takes a query that means the same */
      accepted: sdkAccepts(() => twilio.validateRequest(TOKEN, signature, BASE + target, querystring.parse(body))),
    };
  });
});

test("each mutation of a signed callback is refused", async () => {
  const params = { ...CALL, CallStatus: "ringing", To: "+12025550100" };
  const good = sign(BASE + PATH, params);
  const body = form(params);
  assert.equal(await send(PATH, body, good), 404);
  const flip = (s, i) => s.slice(0, i) + (s[i] === "A" ? "B" : "A") + s.slice(i + 1);
  for (let i = 0; i < good.length - 1; i++)
    assert.equal(await send(PATH, body, flip(good, i)), 403, `signature byte ${i}`);
  for (const [name, value] of Object.entries(params)) {
    const changed = { ...params, [name]: value + "0" };
    assert.equal(await send(PATH, form(changed), good), 403, `${name} changed`);
    const { [name]: gone, ...rest } = params;
    assert.equal(await send(PATH, form(rest), good), 403, `${name} ${gone} removed`);
  }
  assert.equal(await send(PATH, body + "&Extra=1", good), 403);
  assert.equal(await send(PATH + "?x=1", body, good), 403);
  assert.equal(await send(PATH.replace("/status", "/answer"), body, good), 403);
  assert.equal(await send(PATH, body, undefined), 403);
  for (const bad of ["", " " + good + " x", good.slice(0, 20), good.replace("=", ""), good + "=", "x".repeat(10000)])
    assert.ok([400, 403, 431].includes(await send(PATH, body, bad)), bad.slice(0, 40));
});

test("another account's token, host, scheme or path prefix signs nothing", async () => {
  const params = CALL;
  const body = form(params);
  const other = (url, token = TOKEN) => twilio.getExpectedTwilioSignature(token, url, params);
  const wrong = [
    other(BASE + PATH, "f".repeat(32)),
    other("http://gw.example.com/hooks" + PATH),
    other("https://evil.example.com/hooks" + PATH),
    other("https://gw.example.com" + PATH),
    other("https://gw.example.com:8443/hooks" + PATH),
  ];
  for (const [i, signature] of wrong.entries())
    assert.equal(await send(PATH, body, signature), 403, `variant ${i}`);
  /* documented: some back ends sign with the standard port in the address */
  assert.equal(await send(PATH, body, other("https://gw.example.com:443/hooks" + PATH)), 404);
});

test("parameters in another order are the same callback", async () => {
  const params = { ...CALL, B: "2", A: "1", a: "3", _: "4" };
  const turned = Object.fromEntries(Object.entries(params).reverse());
  assert.equal(await send(PATH, form(turned), sign(BASE + PATH, params)), 404);
});
