// Starts the carrier and an application beside it: what the suites of all carriers share.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import http from "node:http";

const program = process.env.SWITCHHOOK_BINARY ?? "../../../build/release/switchhook";
const WAIT_MS = 10000;

export async function startBox(dialect, ...args) {
  const child = spawn(program, ["carrier", "--dialect", dialect, ...args], { stdio: ["ignore", "pipe", "inherit"] });
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

/**
 * An application: pages by path, each a function of the parameters that returns a document of this
 * type. `verify({ request, url, body, params })` tells with the SDK's help whether a request is
 * really the carrier's; parameters are those of a form, or a JSON body.
 */
export async function startPages(type, verify) {
  const requests = [];
  const pages = new Map();
  let wake = () => {};
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const url = `http://127.0.0.1:${server.address().port}${request.url}`;
    const path = new URL(url).pathname;
    const json = request.headers["content-type"]?.startsWith("application/json");
    const params = json ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    const query = Object.fromEntries(new URL(url).searchParams);
    const valid = verify({ request, url, body, params });
    requests.push({ method: request.method, path, url, params, query, body, valid, headers: request.headers });
    const page = pages.get(path);
    const text = page ? await page(request.method === "GET" ? query : params, requests.length) : "";
    response.writeHead(text ? 200 : 204, text ? { "content-type": type } : {});
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
