// The other direction: the SDK signs, the gateway verifies. A good signature on an address of no call
// is answered 404, a bad one 403, so the two can be told apart without a call.
import { after, before, test } from "node:test";
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import twilio from "twilio";
import { assert } from "./harness.mjs";

const program = process.env.SWITCHHOOK_BINARY ?? "../../../build/release/switchhook";
const TOKEN = "0123456789abcdef0123456789abcdef";
const ACCOUNT = "AC" + "0".repeat(31) + "1";
const BASE = "https://gw.example.com/hooks";
const sign = (url, params) => twilio.getExpectedTwilioSignature(TOKEN, url, params);

let gateway, port, dir;

before(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "switchhook-verify-"));
  await mkdir(path.join(dir, "assistants"));
  gateway = spawn(path.resolve(program), ["serve"], {
    cwd: dir,
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      PATH: process.env.PATH,
      TELEPHONY_PROVIDER: "twilio",
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_PHONE_NUMBER: "+12025550199",
      TWILIO_API_BASE_URL: "http://127.0.0.1:9",
      PUBLIC_BASE_URL: BASE,
      SWITCHHOOK_API_TOKEN: "0123456789abcdef0123456789abcdef",
      SWITCHHOOK_LISTEN: "127.0.0.1:0",
      SWITCHHOOK_DATA_DIR: path.join(dir, "data"),
      SWITCHHOOK_ASSISTANTS_DIR: path.join(dir, "assistants"),
    },
  });
  const line = await new Promise((resolve, reject) => {
    let text = "";
    gateway.on("exit", (code) => reject(new Error(`the gateway ended with ${code}`)));
    gateway.stdout.on("data", (part) => {
      text += part;
      if (text.includes("\n")) resolve(text);
    });
  });
  port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(line)[1]);
});

after(async () => {
  gateway.removeAllListeners("exit");
  const ended = new Promise((resolve) => gateway.on("exit", resolve));
  gateway.kill("SIGTERM");
  await ended;
  await rm(dir, { recursive: true });
});

const PATH = "/voice/twilio/call_0000000000001/0123456789abcdef0123456789abcdef/status";
const agent = new http.Agent({ keepAlive: true });

/** Send a callback; the public address has the prefix /hooks, which a proxy would have cut off. */
function send(target, body, signature, type = "application/x-www-form-urlencoded; charset=UTF-8") {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": type, "content-length": Buffer.byteLength(body) };
    if (signature !== undefined) headers["x-twilio-signature"] = signature;
    const r = http.request({ agent, port, path: target, method: "POST", headers }, (reply) => {
      reply.resume();
      reply.on("end", () => resolve(reply.statusCode));
    });
    r.on("error", reject);
    r.end(body);
  });
}

const encode = (params) =>
  Object.entries(params)
    .flatMap(([k, v]) => (Array.isArray(v) ? v.map((x) => [k, x]) : [[k, v]]))
    .map((pair) => new URLSearchParams([pair]).toString())
    .join("&");

/** Deterministic numbers, so that a failure can be repeated. */
function random(seed) {
  let x = seed >>> 0 || 1;
  return (n) => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x % n;
  };
}

const ALPHABET = [..."abcXYZ019 _-+&=%#?/.,:;'\"<>()äßé€漢😀\t"];

function randomParams(pick) {
  const word = (max) => Array.from({ length: pick(max) }, () => ALPHABET[pick(ALPHABET.length)]).join("");
  const params = { AccountSid: ACCOUNT, CallSid: "CA" + "0".repeat(32) };
  for (let i = pick(12); i > 0; i--) {
    const name = "P" + pick(40).toString(36).toUpperCase() + (pick(2) ? "_" : "") + pick(9);
    params[name] = pick(6) === 0 ? [word(12), word(12)] : word(24);
  }
  return params;
}

test("two thousand random callbacks that the SDK signed are taken", async () => {
  const pick = random(20261121);
  for (let i = 0; i < 2000; i++) {
    const params = randomParams(pick);
    const target = PATH + (pick(3) === 0 ? `?turn=${pick(9)}&x=${encodeURIComponent("a b'&")}` : "");
    const status = await send(target, encode(params), sign(BASE + target, params));
    assert.equal(status, 404, `${i}: ${target} ${JSON.stringify(params)}`);
  }
});

test("each mutation of a signed callback is refused", async () => {
  const params = { AccountSid: ACCOUNT, CallSid: "CA" + "0".repeat(32), CallStatus: "ringing", To: "+12025550100" };
  const good = sign(BASE + PATH, params);
  const body = encode(params);
  assert.equal(await send(PATH, body, good), 404);
  const flip = (s, i) => s.slice(0, i) + (s[i] === "A" ? "B" : "A") + s.slice(i + 1);
  for (let i = 0; i < good.length - 1; i++)
    assert.equal(await send(PATH, body, flip(good, i)), 403, `signature byte ${i}`);
  for (const [name, value] of Object.entries(params)) {
    const changed = { ...params, [name]: value + "0" };
    assert.equal(await send(PATH, encode(changed), good), 403, `${name} changed`);
    const { [name]: gone, ...rest } = params;
    assert.equal(await send(PATH, encode(rest), good), 403, `${name} ${gone} removed`);
  }
  assert.equal(await send(PATH, body + "&Extra=1", good), 403);
  assert.equal(await send(PATH + "?x=1", body, good), 403);
  assert.equal(await send(PATH.replace("/status", "/answer"), body, good), 403);
  assert.equal(await send(PATH, body, undefined), 403);
  for (const bad of ["", " " + good + " x", good.slice(0, 20), good.replace("=", ""), good + "=", "x".repeat(10000)])
    assert.ok([400, 403, 431].includes(await send(PATH, body, bad)), bad.slice(0, 40));
});

test("another account's token, host, scheme or path prefix signs nothing", async () => {
  const params = { AccountSid: ACCOUNT, CallSid: "CA" + "0".repeat(32) };
  const body = encode(params);
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
  const params = { AccountSid: ACCOUNT, CallSid: "CA" + "0".repeat(32), B: "2", A: "1", a: "3", _: "4" };
  const turned = Object.fromEntries(Object.entries(params).reverse());
  assert.equal(await send(PATH, encode(turned), sign(BASE + PATH, params)), 404);
});
