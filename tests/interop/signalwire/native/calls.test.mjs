// The life of a native call, as its events, log and recording tell it.
import { after, before, test } from "node:test";
import { ask, assert, command, ended, startApplication, startCarrier, swml } from "./harness.mjs";

let carrier, app;

before(async () => {
  carrier = await startCarrier("--speed", "0", "--seed", "7");
  app = await startApplication(carrier);
  app.page("/answer", () =>
    swml({ record_call: { status_url: app.url("/tape") } }, { play: { url: "say: Hello." } }, { hangup: {} }),
  );
});
after(async () => {
  await app.stop();
  await carrier.stop();
});

const dial = (params = {}) =>
  command(carrier, "dial", {
    from: carrier.number,
    to: "+12025550100",
    url: app.url("/answer"),
    status_url: app.url("/state"),
    status_events: ["created", "ringing", "answered", "ending", "ended"],
    ...params,
  });
const of = (path, id) => app.of(path).map((r) => r.params.params).filter((p) => p.call_id === id);

test("a call tells its states in order, and is a log with its recording", async () => {
  const call = await dial();
  assert.equal(call.status, "queued");
  await app.until(() => of("/state", call.id).length === 5 && of("/tape", call.id).length === 2, "the end");
  assert.deepEqual(
    of("/state", call.id).map((p) => p.call_state),
    ["created", "ringing", "answered", "ending", "ended"],
  );
  assert.equal((await ask(carrier, "GET", `/api/voice/logs/${call.id}`)).body.status, "completed");
  const { recording_id: recording, url } = of("/tape", call.id)[1];
  const fetched = await ask(carrier, "GET", `/api/relay/rest/recordings/${recording}`);
  assert.equal(fetched.body.url, url);
  assert.equal(Number((await fetch(url)).headers.get("content-length")), fetched.body.byte_size);
});

test("each way not to answer has its reason", async () => {
  for (const [suffix, reason] of [["01", "busy"], ["02", "no_answer"], ["03", "error"]]) {
    const { id } = await dial({ to: `+120255501${suffix}` });
    await app.until(ended(app, id), reason);
    assert.equal(of("/state", id).at(-1).end_reason, reason);
  }
});

test("refusals are told as documented", async () => {
  assert.equal((await ask(carrier, "GET", "/api/voice/logs", undefined, "PTwrong")).status, 401);
  const params = { from: carrier.number, to: "nobody", url: app.url("/answer") };
  const { status, body } = await ask(carrier, "POST", "/api/calling/calls", { command: "dial", params });
  assert.equal(status, 422);
  assert.equal(body.errors[0].code, "invalid_destination_number");
});
