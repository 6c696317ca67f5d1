// Requests for SWML documents are signed; the SDK judges them.
import { after, before, test } from "node:test";
import { accepts, assert, command, ended, startApplication, startCarrier, swml } from "./harness.mjs";

let carrier, app;

before(async () => {
  carrier = await startCarrier("--speed", "0", "--seed", "7");
  app = await startApplication(carrier);
  app.page("/answer", () => swml({ answer: {} }, { play: { url: "say:Hello & goodbye, señor." } }, { hangup: {} }));
});
after(async () => {
  await app.stop();
  await carrier.stop();
});

async function live(url, more = {}) {
  const { id } = await command(carrier, "dial", {
    from: carrier.number,
    to: "+12025550100",
    url,
    status_url: app.url("/state"),
    status_events: ["created", "ringing", "answered", "ended"],
    ...more,
  });
  await app.until(ended(app, id), `the end of ${url}`);
  return id;
}
const of = (path, id) => app.of(path).filter((r) => r.params.call?.call_id === id);

test("the SDK finds the signature of a fetch right, and knows the key", async () => {
  const [fetched] = of("/answer", await live(app.url("/answer?tenant=a%20b&x=1")));
  assert.ok(fetched.valid);
  const signature = fetched.header("x-signalwire-signature");
  assert.match(signature, /^[0-9a-f]{40}$/);
  assert.match(fetched.header("x-signalwire-sha256-signature"), /^[0-9a-f]{64}$/);
  assert.equal(accepts(carrier.token, signature, fetched.url, fetched.body), false);
});

test("the SDK refuses each change of a fetch", async () => {
  const [{ url, body, header }] = of("/answer", await live(app.url("/answer")));
  const signature = header("x-signalwire-signature");
  const key = carrier.signing_key;
  assert.ok(accepts(key, signature, url, body));
  for (let i = 0; i < signature.length; i++) {
    const other = signature[i] === "0" ? "1" : "0";
    assert.equal(accepts(key, signature.slice(0, i) + other + signature.slice(i + 1), url, body), false);
  }
  for (let i = 0; i < body.length; i++) {
    assert.equal(accepts(key, signature, url, body.slice(0, i) + body.slice(i + 1)), false, `without byte ${i}`);
    const other = body[i] === "0" ? "1" : "0";
    assert.equal(accepts(key, signature, url, body.slice(0, i) + other + body.slice(i + 1)), false, `byte ${i}`);
  }
  assert.equal(accepts(key, signature, `${url}?x=1`, body), false);
  assert.equal(accepts(key, signature.toUpperCase(), url, body), false);
  assert.equal(accepts(key, "", url, body), false);
});

test("credentials in an address are sent, and are no part of what is signed", async () => {
  const url = app.url("/answer").replace("http://", "http://user:p%40ss@");
  const [fetched] = of("/answer", await live(url));
  assert.ok(fetched.valid);
  assert.equal(fetched.header("authorization"), `Basic ${Buffer.from("user:p@ss").toString("base64")}`);
});

test("documents that another document asks for are signed as well", async () => {
  app.page("/first", () => swml({ execute: { dest: app.url("/part"), params: { n: 1 } } }, { transfer: { dest: app.url("/last") } }));
  app.page("/part", () => swml({ set: { done: true } }, { return: {} }));
  app.page("/last", () => swml({ hangup: {} }));
  const id = await live(app.url("/first"));
  for (const path of ["/first", "/part", "/last"]) {
    const [fetched] = of(path, id);
    assert.ok(fetched?.valid, path);
  }
});

test("notices are not signed: nothing says that they are", async () => {
  const id = await live(app.url("/answer"));
  const states = app.of("/state").filter((r) => r.params.params.call_id === id);
  assert.deepEqual(states.map((r) => r.params.params.call_state), ["created", "ringing", "answered", "ended"]);
  assert.ok(states.every((r) => !r.valid && r.header("x-signalwire-signature") === ""));
});
