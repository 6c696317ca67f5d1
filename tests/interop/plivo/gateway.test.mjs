// The other direction: callbacks signed as Plivo signs them, and the gateway's verdict beside the
// SDK's. A good signature on an address of no call is answered 404, a bad one 403, so the two can be
// told apart without a call. The SDK verifies but does not sign: the signer here is a third opinion.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import querystring from "node:querystring";
import plivo from "plivo";

const program = process.env.SWITCHHOOK_BINARY ?? "../../../build/release/switchhook";
const TOKEN = "0123456789abcdef0123456789abcdef";
const BASE = "https://gw.example.com/hooks";
const PATH = "/voice/plivo/call_0000000000001/0123456789abcdef0123456789abcdef/status";
const ROUNDS = 10000;

let gateway, port, dir;

before(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "switchhook-plivo-"));
  await mkdir(path.join(dir, "assistants"));
  gateway = spawn(path.resolve(program), ["serve"], {
    cwd: dir,
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      PATH: process.env.PATH,
      TELEPHONY_PROVIDER: "plivo",
      PLIVO_AUTH_ID: "MA0123456789ABCDEFGH",
      PLIVO_AUTH_TOKEN: TOKEN,
      PLIVO_PHONE_NUMBER: "+12025550199",
      PLIVO_API_BASE_URL: "http://127.0.0.1:9",
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

const agent = new http.Agent({ keepAlive: true });

/** The public address has the prefix /hooks, which a proxy would have cut off. */
function send({ method, target, body, headers }) {
  return new Promise((resolve, reject) => {
    const all = { ...headers };
    if (method === "POST")
      Object.assign(all, {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(body),
      });
    const r = http.request({ agent, port, path: target, method, headers: all }, (reply) => {
      reply.resume();
      reply.on("end", () => resolve(reply.statusCode));
    });
    r.on("error", reject);
    r.end(method === "POST" ? body : undefined);
  });
}

/** Deterministic numbers, so that a failure can be repeated. */
function random(seed) {
  let x = BigInt(seed);
  return (n) => {
    x = (x * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return Number((x >> 33n) % BigInt(n));
  };
}

const CALL = ["CallUUID", "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36"]; /* what is verified is understood, too */
const NAMES = ["Country", "Event", "BillRate", "From", "To", "a", "b", "A", "z", "X-PH-key", "_x", "a.b", "SIP-H-To"];
const PARTS = ["1", "busy", "ü", "你好", " ", "&", "=", "+", "%", "#", "?", "/", ".", "<sip:x@y>", "", ":", "~", "'", '"', "*"];
const bytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const sorted = (pairs) => [...pairs].sort((x, y) => bytes(x[0], y[0]) || bytes(x[1], y[1]));
const encode = (pairs) => pairs.map(([k, v]) => `${k}=${encodeURIComponent(v).replaceAll("%20", "+")}`).join("&");
const hmac = (text, token = TOKEN) => createHmac("sha256", token).update(text).digest("base64");

/** The text of a V3 signature (plivo-node dist/utils/v3Security.js). */
function textOf(method, base, query, fields, nonce) {
  const q = sorted(query).map(([k, v]) => `${k}=${v}`).join("&");
  const p = method === "POST" ? sorted(fields).map(([k, v]) => k + v).join("") : "";
  const mark = query.length || p ? "?" : "";
  return base + mark + q + (query.length && p ? "." : "") + p + "." + nonce;
}

function randomPairs(pick, max) {
  return Array.from({ length: pick(max) }, () => [
    NAMES[pick(NAMES.length)],
    Array.from({ length: 1 + pick(4) }, () => PARTS[pick(PARTS.length)]).join(""),
  ]);
}

function randomRequest(pick) {
  const method = pick(3) ? "POST" : "GET";
  const query = method === "GET" ? [CALL, ...randomPairs(pick, 4)] : randomPairs(pick, 4);
  const fields = method === "POST" ? [CALL, ...randomPairs(pick, 5)] : [];
  const target = PATH + (query.length ? "?" + encode(query) : "");
  const nonce = `${pick(1e9)}${pick(1e9)}`;
  return { method, query, fields, target, body: encode(fields), nonce };
}

/** One byte more, less or other. */
function bend(text, pick) {
  const at = pick(text.length + 1);
  const other = "abcxyz019&=+%.-"[pick(15)];
  return [text.slice(0, at) + other + text.slice(at + 1), text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + other + text.slice(at)][pick(3)];
}

/** The SDK's verdict; what it cannot take apart it does not accept. */
function sdkAccepts(f) {
  try {
    return f() === true;
  } catch {
    return false;
  }
}

/** A form as the gateway reads it: every field has a name and a '='. */
const isForm = (text) => text === "" || text.split("&").every((pair) => /^[^=;]+=[^;]*$/.test(pair) && !/%(?![0-9a-f]{2})/i.test(pair));

async function compare(pick, make) {
  const seen = { taken: 0, refused: 0 };
  for (let i = 0; i < ROUNDS; i++) {
    const { request, accepted } = make(pick);
    const status = await send(request);
    assert.ok([400, 403, 404].includes(status), `${i}: ${status}`);
    if (accepted && !isForm(request.body)) continue; /* the SDK reads what is no form; the gateway does not */
    assert.equal(status === 404, accepted, `${i}: HTTP ${status} ${JSON.stringify(request)}`);
    seen[accepted ? "taken" : "refused"]++;
  }
  assert.ok(seen.taken > ROUNDS / 4 && seen.refused > ROUNDS / 4, JSON.stringify(seen));
}

test("ten thousand random V3 callbacks, half of them bent, are judged as the SDK judges them", async () => {
  await compare(random(20261121), (pick) => {
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
      accepted: sdkAccepts(() => plivo.validateV3Signature(r.method, BASE + target, nonce, TOKEN, signature, fields)),
    };
  });
});

test("ten thousand random V2 callbacks, half of them bent, are judged as the SDK judges them", async () => {
  await compare(random(42), (pick) => {
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
  assert.equal(await send(request), 404);
  assert.equal(await send(request), 404);
  assert.equal(await send({ ...request, body: "CallStatus=completed" }), 403);
});
