// The application that a carrier calls: pages by path, and a memory of all requests.
import assert from "node:assert/strict";
import http from "node:http";

const WAIT_MS = 60000;

/** A page returns text, something with toXML() or toString(), or {type, body}; nothing is a 204. */
function reply(response, page, type) {
  const made = page?.body === undefined ? { type, body: page } : page;
  const text = made.body ? (made.body.toXML?.() ?? made.body.toString()) : "";
  response.writeHead(text ? 200 : 204, text ? { "content-type": made.type } : {});
  response.end(text || undefined);
}

/** verify(request) is the SDK's verdict on {method, url, params, query, body, header(name)}. */
export async function startApplication(verify, type = "text/xml") {
  const requests = [];
  const pages = new Map();
  let wake = () => {};
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const url = `http://127.0.0.1:${server.address().port}${request.url}`;
    const json = request.headers["content-type"]?.startsWith("application/json");
    const seen = {
      method: request.method,
      path: new URL(url).pathname,
      url,
      params: json ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body)),
      query: Object.fromEntries(new URL(url).searchParams),
      body,
      headers: request.headers,
      header: (name) => request.headers[name.toLowerCase()] ?? "",
    };
    seen.valid = verify(seen);
    requests.push(seen);
    reply(response, await pages.get(seen.path)?.(request.method === "GET" ? seen.query : seen.params), type);
    wake();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  return {
    base,
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
