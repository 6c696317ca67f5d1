// Starts the carrier and an application beside it, and points the official SDK at them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import http from "node:http";
import twilio from "twilio";

const program = process.env.SWITCHHOOK_BINARY ?? "../../../build/release/switchhook";
const WAIT_MS = 10000;

export async function startCarrier(...args) {
  const child = spawn(program, ["carrier", "--dialect", "twilio", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve, reject) => {
    let text = "";
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the carrier ended with ${code}`)));
    child.stdout.on("data", (part) => {
      text += part;
      if (text.includes("\n")) resolve(text.split("\n")[0]);
    });
  });
  const info = JSON.parse(line);
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", resolve);
      child.kill("SIGTERM");
    });
  return { ...info, stop };
}

/** The SDK, with every request sent to the carrier instead of api.twilio.com. */
export function client(carrier, { account = carrier.account, token = carrier.token } = {}) {
  const inner = new twilio.RequestClient();
  const httpClient = {
    request: (options) =>
      inner.request({
        ...options,
        uri: options.uri.replace(/^https:\/\/api\.twilio\.com/, carrier.base_url),
      }),
  };
  return twilio(account, token, { httpClient });
}

/** An application: pages by path, each a function of the parameters that returns TwiML. */
export async function startApplication(carrier) {
  const requests = [];
  const pages = new Map();
  let wake = () => {};
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const url = `http://127.0.0.1:${server.address().port}${request.url}`;
    const path = new URL(url).pathname;
    const params = Object.fromEntries(new URLSearchParams(body));
    const query = Object.fromEntries(new URL(url).searchParams);
    const signature = request.headers["x-twilio-signature"];
    const valid = twilio.validateRequest(carrier.token, signature ?? "", url, params);
    requests.push({ method: request.method, path, url, params, query, body, valid, headers: request.headers });
    const page = pages.get(path);
    const text = page ? await page(request.method === "GET" ? query : params, requests.length) : "";
    response.writeHead(text ? 200 : 204, text ? { "content-type": "text/xml" } : {});
    response.end(text?.toString());
    wake();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  const of = (path) => requests.filter((r) => r.path === path);
  return {
    base,
    requests,
    of,
    page: (path, fn) => pages.set(path, fn),
    url: (path) => base + path,
    /** Wait until condition() holds; it is looked at after every request of the carrier. */
    until: async (condition, what) => {
      const end = Date.now() + WAIT_MS;
      while (!condition()) {
        assert.ok(Date.now() < end, `still waiting for ${what}; got ${requests.map((r) => r.path)}`);
        await new Promise((resolve) => {
          wake = resolve;
          setTimeout(resolve, 100);
        });
      }
    },
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

export const ALL_EVENTS = ["initiated", "ringing", "answered", "completed"];

export function ended(app, callSid) {
  const final = ["completed", "busy", "failed", "no-answer", "canceled"];
  return () => app.of("/status").some((r) => r.params.CallSid === callSid && final.includes(r.params.CallStatus));
}

export { twilio, assert };
