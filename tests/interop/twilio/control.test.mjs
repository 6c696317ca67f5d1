// A running call is controlled over the API: redirected, ended, recorded. Real time.
import { after, before, test } from "node:test";
import { ALL_EVENTS, assert, client, ended, startApplication, startCarrier, twilio } from "./harness.mjs";

let carrier, app, sdk;

before(async () => {
  carrier = await startCarrier("--speed", "20", "--seed", "3");
  app = await startApplication(carrier);
  sdk = client(carrier);
  app.page("/long", () => {
    const r = new twilio.twiml.VoiceResponse();
    r.say("Please hold the line, we will be with you in a moment.");
    r.pause({ length: 600 });
    return r;
  });
  app.page("/other", () => "<Response><Say>You have been redirected.</Say></Response>");
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

async function media(sid, options = {}, query = "") {
  const path = `/2010-04-01/Accounts/${carrier.account}/Recordings/${sid}.wav${query}`;
  return fetch(carrier.base_url + path, options);
}

test("a running call is redirected to another document", async () => {
  const sid = await running();
  const call = await sdk.calls(sid).update({ url: app.url("/other"), method: "POST" });
  assert.equal(call.status, "in-progress");
  await app.until(ended(app, sid), "the end");
  assert.equal(app.of("/other").filter((r) => r.params.CallSid === sid).length, 1);
});

test("a running call is ended", async () => {
  const sid = await running();
  assert.equal((await sdk.calls(sid).update({ status: "canceled" })).status, "in-progress");
  assert.equal((await sdk.calls(sid).update({ status: "completed" })).status, "completed");
  await app.until(ended(app, sid), "the end");
  await assert.rejects(sdk.calls(sid).update({ twiml: "<Response/>" }), { code: 21220 });
});

test("a recording is started, paused, resumed, stopped and downloaded", async () => {
  const sid = await running();
  const started = await sdk.calls(sid).recordings.create({
    recordingChannels: "dual",
    recordingStatusCallback: app.url("/recording"),
    recordingStatusCallbackEvent: ["in-progress", "completed"],
  });
  assert.equal(started.status, "in-progress");
  assert.equal(started.source, "StartCallRecordingAPI");
  assert.equal(started.channels, 2);
  assert.equal(started.track, "both");
  const current = sdk.calls(sid).recordings("Twilio.CURRENT");
  assert.equal((await current.update({ status: "paused" })).status, "paused");
  assert.equal((await sdk.calls(sid).recordings(started.sid).update({ status: "in-progress" })).status, "in-progress");
  assert.equal((await sdk.recordings(started.sid).fetch()).status, "processing");
  assert.equal((await media(started.sid)).status, 404);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await current.update({ status: "stopped" })).status, "stopped");
  await app.until(() => app.of("/recording").some((r) => r.params.RecordingStatus === "completed"), "the recording");
  const callback = app.of("/recording").at(-1);
  assert.ok(callback.valid);
  assert.equal(callback.params.RecordingSid, started.sid);
  assert.equal(callback.params.RecordingChannels, "2");

  const fetched = await sdk.recordings(started.sid).fetch();
  assert.equal(fetched.status, "completed");
  assert.equal(fetched.duration, callback.params.RecordingDuration);
  assert.equal(fetched.mediaUrl, callback.params.RecordingUrl);
  assert.equal((await sdk.calls(sid).recordings.list()).length, 1);
  assert.ok((await sdk.recordings.list({ callSid: sid })).length === 1);

  const wav = Buffer.from(await (await fetch(callback.params.RecordingUrl)).arrayBuffer());
  assert.equal(wav.toString("latin1", 0, 4), "RIFF");
  assert.equal(wav.readUInt32LE(4), wav.length - 8);
  assert.equal(wav.readUInt16LE(22), 2);
  assert.equal(wav.readUInt32LE(24), 8000);
  assert.equal(wav.readUInt32LE(40), wav.length - 44);
  const seconds = wav.readUInt32LE(40) / (8000 * 2 * 2);
  assert.ok(Math.abs(seconds - Number(fetched.duration)) <= 0.5, `${seconds} against ${fetched.duration}`);

  const mono = Buffer.from(await (await media(started.sid, {}, "?RequestedChannels=1")).arrayBuffer());
  assert.equal(mono.readUInt16LE(22), 1);
  assert.equal(mono.length - 44, (wav.length - 44) / 2);

  const part = await media(started.sid, { headers: { range: "bytes=44-143" } });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), `bytes 44-143/${wav.length}`);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), wav.subarray(44, 144));
  assert.equal((await media(started.sid, { headers: { range: `bytes=${wav.length}-` } })).status, 416);

  assert.equal(await sdk.recordings(started.sid).remove(), true);
  await assert.rejects(sdk.recordings(started.sid).fetch(), { code: 20404 });
  await sdk.calls(sid).update({ status: "completed" });
});

test("two recordings at once need to be named", async () => {
  const sid = await running();
  await sdk.calls(sid).recordings.create();
  await sdk.calls(sid).recordings.create();
  await assert.rejects(sdk.calls(sid).recordings("Twilio.CURRENT").update({ status: "paused" }), { code: 16108 });
  await sdk.calls(sid).update({ status: "completed" });
});

test("a call recorded from its answer names the recording in its last callback", async () => {
  const sid = await running({ record: true, recordingStatusCallback: app.url("/whole") });
  await new Promise((resolve) => setTimeout(resolve, 100)); // two seconds of the call
  await sdk.calls(sid).update({ status: "completed" });
  await app.until(ended(app, sid), "the end");
  await app.until(() => app.of("/whole").length === 1, "the recording");
  const last = app.of("/status").filter((r) => r.params.CallSid === sid).at(-1);
  assert.equal(last.params.RecordingSid, app.of("/whole")[0].params.RecordingSid);
  const answer = await media(last.params.RecordingSid, {}, "?RequestedChannels=2");
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).code, 16113);
});

test("a dialled leg is hung up on its own, and the dial goes on to its action", async (t) => {
  const slow = await startCarrier("--speed", "3", "--seed", "3"); // whom one dials talks for ten seconds and more
  const app = await startApplication(slow);
  const sdk = client(slow);
  t.after(async () => {
    await app.stop();
    await slow.stop();
  });
  app.page("/dial", () => "<Response><Dial action='/dialled'>+13035550100</Dial></Response>");
  app.page("/dialled", () => "<Response><Say>Bye.</Say></Response>");
  const { sid } = await sdk.calls.create({
    to: "+12025550100",
    from: slow.number,
    url: app.url("/dial"),
    statusCallback: app.url("/status"),
  });
  await app.until(() => app.of("/dial").some((r) => r.params.CallSid === sid), "the answer");
  let child;
  for (const end = Date.now() + 60000; child?.status !== "in-progress" && Date.now() < end; )
    [child] = await sdk.calls.list({ parentCallSid: sid });
  await assert.rejects(sdk.calls(child.sid).update({ twiml: "<Response/>" }), { code: 21220 });
  await assert.rejects(sdk.calls(child.sid).recordings.create(), { code: 21220 });
  await sdk.calls(child.sid).update({ status: "completed" });
  await app.until(ended(app, sid), "the end");
  assert.equal(app.of("/dialled")[0].params.DialCallStatus, "completed");
  assert.equal((await sdk.calls(child.sid).fetch()).status, "completed");
});
