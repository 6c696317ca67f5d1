import { after, before, test } from "node:test";
import { assert, client, RestClient, startApplication, startCarrier } from "./harness.mjs";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
let carrier, app, sdk;

before(async () => {
  carrier = await startCarrier("--speed", "0", "--seed", "7");
  app = await startApplication(carrier, "text/xml");
  sdk = client(carrier);
  app.page("/answer", () => {
    const r = new RestClient.LaML.VoiceResponse();
    r.gather({ input: "speech", action: "/heard" }).say("Hello, may I have your name?");
    return r;
  });
  app.page("/heard", () => new RestClient.LaML.VoiceResponse().say("Goodbye."));
});
after(async () => {
  await app.stop();
  await carrier.stop();
});

const place = (more = {}) =>
  sdk.calls.create({
    to: "+12025550100",
    from: carrier.number,
    url: app.url("/answer"),
    statusCallback: app.url("/status"),
    statusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
    ...more,
  });

const of = (path, sid) => app.of(path).filter((r) => r.params.CallSid === sid);
const ended = (sid) => () => of("/status", sid).some((r) => ["completed", "busy"].includes(r.params.CallStatus));

test("a created call has the documented shape", async () => {
  const call = await place();
  assert.match(call.sid, UUID);
  assert.equal(call.status, "queued");
  assert.equal(call.accountSid, carrier.account);
  assert.ok(call.dateCreated instanceof Date);
});

test("a whole call is told in order, each request with a signature that the SDKs accept", async () => {
  const { sid } = await place();
  await app.until(ended(sid), "the end");
  const told = of("/status", sid);
  assert.deepEqual(
    told.map((r) => r.params.CallStatus),
    ["initiated", "ringing", "answered", "in-progress", "completed"],
  );
  for (const r of [...told, ...of("/answer", sid), ...of("/heard", sid)]) assert.equal(r.valid, true, r.path);
  assert.match(of("/heard", sid)[0].params.SpeechResult, /John Doe/);
  const call = await sdk.calls(sid).fetch();
  assert.equal(call.status, "completed");
  assert.ok(Number(call.duration) > 0);
});

test("calls are listed with their filters", async () => {
  const { sid } = await place({ to: "+12025550101" });
  await app.until(ended(sid), "the end");
  const busy = await sdk.calls.list({ status: "busy", to: "+12025550101" });
  assert.ok(busy.some((c) => c.sid === sid));
  assert.ok(busy.every((c) => c.status === "busy"));
});

test("refusals become the SDK's exceptions", async () => {
  await assert.rejects(place({ to: "no number" }), (e) => e.status === 400);
  await assert.rejects(client(carrier, { token: "PTwrong" }).calls.list({ limit: 1 }), (e) => e.status === 401 && e.code === 20003);
  await assert.rejects(sdk.calls("00000000-0000-4000-8000-000000000000").fetch(), (e) => e.status === 404);
});

test("a recording is announced, fetched, downloaded by anybody and deleted", async () => {
  const { sid } = await place({ record: true, recordingStatusCallback: app.url("/tape") });
  await app.until(() => of("/tape", sid).length > 0, "the recording");
  const { RecordingSid, RecordingUrl } = of("/tape", sid)[0].params;
  const recording = await sdk.recordings(RecordingSid).fetch();
  assert.equal(recording.callSid, sid);
  assert.equal(recording.status, "completed");
  const file = Buffer.from(await (await fetch(RecordingUrl)).arrayBuffer());
  assert.equal(file.subarray(0, 4).toString(), "RIFF");
  assert.equal(await sdk.recordings(RecordingSid).remove(), true);
  await assert.rejects(sdk.recordings(RecordingSid).fetch(), (e) => e.status === 404);
});

test("a running call is ended over the API", async () => {
  const slow = await startCarrier("--speed", "100");
  app.page("/wait", () => "<Response><Pause length=\"3600\"/></Response>");
  const call = await client(slow).calls.create({ to: "+12025550100", from: slow.number, url: app.url("/wait") });
  await app.until(() => of("/wait", call.sid).length > 0, "the answer");
  const done = await client(slow).calls(call.sid).update({ status: "completed" });
  assert.equal(done.status, "completed");
  await slow.stop();
});
