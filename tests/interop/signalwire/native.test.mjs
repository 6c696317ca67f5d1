import { after, before, test } from "node:test";
import { ask, assert, startApplication, startCarrier } from "./harness.mjs";

let carrier, app;

before(async () => {
  carrier = await startCarrier("--speed", "0", "--seed", "7");
  app = await startApplication(carrier, "application/json");
  app.page("/swml", () =>
    JSON.stringify({ version: "1.0.0", sections: { main: [{ record_call: { status_url: app.url("/tape") } }, { play: { url: "say: Hello." } }, { hangup: {} }] } }),
  );
});
after(async () => {
  await app.stop();
  await carrier.stop();
});

const dial = (params = {}) =>
  ask(carrier, "POST", "/api/calling/calls", {
    command: "dial",
    params: {
      from: carrier.number,
      to: "+12025550100",
      url: app.url("/swml"),
      status_url: app.url("/status"),
      status_events: ["created", "ringing", "answered", "ending", "ended"],
      ...params,
    },
  });
const of = (path, id) => app.of(path).filter((r) => r.params.params?.call_id === id || r.params.call?.call_id === id);

test("a dialed call asks for SWML with a signature that the SDK accepts, and tells its life", async () => {
  const { status, body } = await dial();
  assert.equal(status, 200);
  assert.equal(body.status, "queued");
  await app.until(() => of("/status", body.id).length === 5 && of("/tape", body.id).length === 2, "the end");
  assert.equal(of("/swml", body.id)[0].valid, true);
  assert.deepEqual(
    of("/status", body.id).map((r) => r.params.params.call_state),
    ["created", "ringing", "answered", "ending", "ended"],
  );
  const log = await ask(carrier, "GET", `/api/voice/logs/${body.id}`);
  assert.equal(log.body.status, "completed");
  const { recording_id, url } = of("/tape", body.id)[1].params.params;
  const recording = await ask(carrier, "GET", `/api/relay/rest/recordings/${recording_id}`);
  assert.equal(recording.body.url, url);
  assert.equal(Number((await fetch(url)).headers.get("content-length")), recording.body.byte_size);
});

test("refusals are told as documented", async () => {
  assert.equal((await ask(carrier, "GET", "/api/voice/logs", undefined, "PTwrong")).status, 401);
  const { status, body } = await dial({ to: "nobody" });
  assert.equal(status, 422);
  assert.equal(body.errors[0].code, "invalid_destination_number");
});
