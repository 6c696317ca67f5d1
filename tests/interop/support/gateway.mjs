// The other direction: callbacks made as a carrier makes them, and the gateway's verdict beside the
// SDK's. A good signature on an address of no call is answered 404, a bad one 403, so the two can be
// told apart without a call.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { start } from "./program.mjs";

export const TOKEN = "0123456789abcdef0123456789abcdef";
/** The public address has a prefix, which a proxy would have cut off. */
export const BASE = "https://gw.example.com/hooks";
export const ROUNDS = 10000;

/** A gateway of this carrier, and send() for what would come from it. */
export async function startGateway(provider, settings) {
  const dir = await mkdtemp(path.join(os.tmpdir(), `switchhook-${provider}-`));
  await mkdir(path.join(dir, "assistants"));
  const { line, stop } = await start(["serve"], {
    cwd: dir,
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      PATH: process.env.PATH,
      TELEPHONY_PROVIDER: provider,
      PUBLIC_BASE_URL: BASE,
      SWITCHHOOK_API_TOKEN: TOKEN,
      SWITCHHOOK_LISTEN: "127.0.0.1:0",
      SWITCHHOOK_DATA_DIR: path.join(dir, "data"),
      SWITCHHOOK_ASSISTANTS_DIR: path.join(dir, "assistants"),
      ...settings,
    },
  });
  const port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(line)[1]);
  const agent = new http.Agent({ keepAlive: true });
  /** Resolves to the status of the reply. */
  const send = ({ method = "POST", target, body = "", type = "application/x-www-form-urlencoded", headers = {} }) =>
    new Promise((resolve, reject) => {
      const posted = method === "POST" ? { "content-type": type, "content-length": Buffer.byteLength(body) } : {};
      const options = { agent, port, path: target, method, headers: { ...headers, ...posted } };
      const request = http.request(options, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode));
      });
      request.on("error", reject);
      request.end(method === "POST" ? body : undefined);
    });
  return {
    send,
    stop: async () => {
      agent.destroy();
      await stop();
      await rm(dir, { recursive: true });
    },
  };
}

/** The address of one kind of callback, of a call that is not there. */
export const hook = (provider, kind) => `/voice/${provider}/call_0000000000001/0123456789abcdef0123456789abcdef/${kind}`;

/** The SDK's verdict; what it cannot take apart it does not accept. */
export function sdkAccepts(judge) {
  try {
    return judge() === true;
  } catch {
    return false;
  }
}

/** A form as the gateway reads it: every field has a name and a '='. */
export const isForm = (text) =>
  text === "" || text.split("&").every((pair) => /^[^=;]+=[^;]*$/.test(pair) && !/%(?![0-9a-f]{2})/i.test(pair));

/**
 * Sends what make(pick) returns, ROUNDS times: {request, accepted, strange}. The gateway has to
 * agree with `accepted`; on a strange one it may be stricter. Enough of both kinds have to come.
 */
export async function compare(gateway, pick, make) {
  const seen = { taken: 0, refused: 0 };
  for (let i = 0; i < ROUNDS; i++) {
    const { request, accepted, strange } = make(pick);
    const status = await gateway.send(request);
    assert.ok([400, 403, 404].includes(status), `${i}: ${status}`);
    if (accepted && strange) continue;
    assert.equal(status === 404, accepted, `${i}: HTTP ${status} ${JSON.stringify(request)}`);
    seen[accepted ? "taken" : "refused"]++;
  }
  assert.ok(seen.taken > ROUNDS / 4 && seen.refused > ROUNDS / 4, JSON.stringify(seen));
}
