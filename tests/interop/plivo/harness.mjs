// Starts the carrier and an application beside it, and points the official SDK at them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import http from "node:http";
import plivo from "plivo";

const program = process.env.SWITCHHOOK_BINARY ?? "../../../build/release/switchhook";
const WAIT_MS = 10000;

export async function startCarrier(...args) {
  const child = spawn(program, ["carrier", "--dialect", "plivo", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve, reject) => {
    let text = "";
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the carrier ended with ${code}`)));
    child.stdout.on("data", (part) => {
      text += part;
      if (text.includes("\n")) resolve(text.split("\n")[0]);
    });
  });
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", resolve);
      child.kill("SIGTERM");
    });
  return { ...JSON.parse(line), stop };
}

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

/** An application: pages by path, each a function of the parameters that returns XML. */
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
    const header = (name) => request.headers[`x-plivo-signature-${name}`] ?? "";
    const v3 = (name) =>
      plivo.validateV3Signature(request.method, url, header("v3-nonce"), carrier.token, header(name), params);
    const v2 = (name) => plivo.validateSignature(url, header("v2-nonce"), header(name), carrier.token);
    const valid = v3("v3") && v3("ma-v3") && v2("v2") && v2("ma-v2");
    requests.push({ method: request.method, path, url, params, query, body, valid, headers: request.headers });
    const page = pages.get(path);
    const text = page ? await page(request.method === "GET" ? query : params, requests.length) : "";
    response.writeHead(text ? 200 : 204, text ? { "content-type": "application/xml" } : {});
    response.end(text ? (text.toXML?.() ?? text) : undefined);
    wake();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  return {
    requests,
    of: (path) => requests.filter((r) => r.path === path),
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

/** A document made with the SDK's own builder. */
export function xml(build) {
  const response = new plivo.Response();
  build(response);
  return response;
}

export const told = (app, path, uuid) => () => app.of(path).some((r) => r.params.CallUUID === uuid);

export { assert, plivo };
