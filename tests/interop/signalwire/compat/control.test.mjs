// A running call is controlled over the API: redirected, ended, recorded.
import { after, before, test } from "node:test";
import { ALL_EVENTS, ID, assert, client, ended, laml, startApplication, startCarrier } from "./harness.mjs";

let carrier, app, sdk;

before(async () => {
  carrier = await startCarrier("--speed", "20", "--seed", "3");
  app = await startApplication(carrier);
  sdk = client(carrier);
  app.page("/long", () => laml((r) => r.pause({ length: 600 })));
  app.page("/other", () => laml((r) => r.say("You have been redirected.")));
});
after(async () => {
  await app.stop();
  await carrier.stop();
});

async function running(more = {}) {
  const { sid } = await sdk.calls.create({
    to: "+12025550100",
    from: carrier.number,
    url: app.url("/long"),
    statusCallback: app.url("/status"),
    statusCallbackEvent: ALL_EVENTS,
    ...more,
  });
  await app.until(() => app.of("/long").some((r) => r.params.CallSid === sid), "the answer");
  return sid;
}

const media = (sid, ending = "") =>
  fetch(`${carrier.base_url}/api/laml/2010-04-01/Accounts/${carrier.account}/Recordings/${sid}${ending}`);

test("a running call is redirected to another document", async () => {
  const sid = await running();
  const call = await sdk.calls(sid).update({ url: app.url("/other"), method: "POST" });
  assert.equal(call.status, "in-progress");
  await app.until(ended(app, sid), "the end");
  const [other] = app.of("/other").filter((r) => r.params.CallSid === sid);
  assert.ok(other.valid);
});

test("a running call is hung up, and then nothing can be done with it", async () => {
  const sid = await running();
  assert.equal((await sdk.calls(sid).update({ status: "completed" })).status, "completed");
  await app.until(ended(app, sid), "the end");
  await assert.rejects(sdk.calls(sid).update({ url: app.url("/other") }), { status: 400 });
});

test("a call that nobody has answered is called off", async () => {
  const { sid } = await sdk.calls.create({
    to: "+12025550102",
    from: carrier.number,
    timeout: 600,
    url: app.url("/long"),
    statusCallback: app.url("/status"),
    statusCallbackEvent: ALL_EVENTS,
  });
  await app.until(() => app.of("/status").some((r) => r.params.CallSid === sid && r.params.CallStatus === "ringing"), "ringing");
  await sdk.calls(sid).update({ status: "canceled" });
  await app.until(ended(app, sid), "the end");
  assert.equal((await sdk.calls(sid).fetch()).status, "canceled");
});

test("a recording is started, paused, resumed, stopped, fetched, downloaded and deleted", async () => {
  const sid = await running();
  const started = await sdk.calls(sid).recordings.create({
    recordingChannels: "dual",
    recordingStatusCallback: app.url("/recording"),
    recordingStatusCallbackEvent: ["in-progress", "completed"],
  });
  assert.match(started.sid, ID);
  assert.equal(started.status, "in-progress");
  assert.equal(started.source, "StartCallRecordingApi");
  assert.equal(`${started.channels}`, "2");
  const current = sdk.calls(sid).recordings(started.sid);
  assert.equal((await current.update({ status: "paused", pauseBehavior: "skip" })).status, "paused");
  assert.equal((await current.update({ status: "in-progress" })).status, "in-progress");
  await new Promise((resolve) => setTimeout(resolve, 100)); // two seconds of the call
  assert.equal((await current.update({ status: "stopped" })).status, "stopped");
  await app.until(() => app.of("/recording").some((r) => r.params.RecordingStatus === "completed"), "the recording");
  const callback = app.of("/recording").at(-1);
  assert.ok(app.of("/recording").every((r) => r.valid));
  assert.equal(callback.params.RecordingSid, started.sid);
  assert.equal(callback.params.RecordingChannels, "2");

  const fetched = await sdk.recordings(started.sid).fetch();
  assert.equal(fetched.status, "completed");
  assert.equal(Number(fetched.duration), Number(callback.params.RecordingDuration));
  assert.equal((await sdk.calls(sid).recordings.list()).length, 1);
  assert.equal((await sdk.recordings.list({ callSid: sid })).length, 1);
  assert.ok((await sdk.recordings.list()).some((r) => r.sid === started.sid));

  for (const url of [callback.params.RecordingUrl, `${callback.params.RecordingUrl}.wav`]) {
    const wav = Buffer.from(await (await fetch(url)).arrayBuffer());
    assert.equal(wav.toString("latin1", 0, 4), "RIFF", url);
    assert.equal(wav.readUInt16LE(22), 2);
    const seconds = wav.readUInt32LE(40) / (8000 * 2 * 2);
    assert.ok(Math.abs(seconds - Number(fetched.duration)) <= 0.5, `${seconds} against ${fetched.duration}`);
  }
  assert.equal((await media(started.sid)).status, 200);
  assert.equal(await sdk.recordings(started.sid).remove(), true);
  await assert.rejects(sdk.recordings(started.sid).fetch(), { status: 404 });
  assert.equal((await media(started.sid, ".wav")).status, 404);
  await sdk.calls(sid).update({ status: "completed" });
});

test("a call is recorded from its answer on", async () => {
  const sid = await running({ record: true, recordingChannels: "dual", recordingStatusCallback: app.url("/whole") });
  await new Promise((resolve) => setTimeout(resolve, 100)); // two seconds of the call
  await sdk.calls(sid).update({ status: "completed" });
  await app.until(() => app.of("/whole").some((r) => r.params.CallSid === sid), "the recording");
  const [whole] = app.of("/whole");
  assert.equal((await sdk.recordings(whole.params.RecordingSid).fetch()).source, "OutBoundApi");
});
