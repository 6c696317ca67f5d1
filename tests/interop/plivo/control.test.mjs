import { after, before, test } from "node:test";
import { assert, client, startApplication, startCarrier, told, xml } from "./harness.mjs";

let carrier, app, sdk;

before(async () => {
  carrier = await startCarrier("--speed", "50", "--seed", "7");
  app = await startApplication(carrier);
  sdk = client(carrier);
  app.page("/answer", () => xml((r) => r.addWait({ length: 600 })));
  app.page("/next", () => xml((r) => r.addWait({ length: 600 })));
});
after(async () => {
  await app.stop();
  await carrier.stop();
});

/** A call that is answered and stays so. */
async function live() {
  const { requestUuid } = await sdk.calls.create(carrier.number, "12025550100", app.url("/answer"), {
    hangupUrl: app.url("/hangup"),
  });
  await app.until(told(app, "/answer", requestUuid), "the answer");
  return requestUuid;
}

test("a running call is live until it is hung up", async () => {
  const id = await live();
  const call = await sdk.calls.getLiveCall(id);
  assert.equal(call.callStatus, "in-progress");
  assert.ok((await sdk.calls.listLiveCalls()).some((c) => c.callUuid === id));
  await sdk.calls.hangup(id);
  await app.until(told(app, "/hangup", id), "the end");
  const end = app.of("/hangup").find((r) => r.params.CallUUID === id);
  assert.equal(end.params.HangupSource, "API Request");
  await assert.rejects(sdk.calls.getLiveCall(id), /call not found/);
});

test("a running call is spoken to, played to and transferred", async () => {
  const id = await live();
  assert.equal((await sdk.calls.speakText(id, "Hello")).message, "speak started");
  await sdk.calls.stopSpeakingText(id);
  assert.equal((await sdk.calls.playMusic(id, app.url("/a.wav"))).message, "play started");
  await sdk.calls.stopPlayingMusic(id);
  assert.equal((await sdk.calls.sendDigits(id, "12#")).message, "digits sent");
  assert.match((await sdk.calls.transfer(id, { legs: "aleg", alegUrl: app.url("/next") })).message, /^call transfer/);
  await app.until(told(app, "/next", id), "the other document");
  await sdk.calls.hangup(id);
});

test("a recording is started, stopped, told of, fetched and deleted", async () => {
  const id = await live();
  const started = await sdk.calls.record(id, { fileFormat: "wav", callbackUrl: app.url("/tape"), timeLimit: 20 });
  assert.match(started.recordingId, /^[0-9a-f-]{36}$/);
  await app.until(() => app.of("/tape").length > 0, "the recording");
  const [tape] = app.of("/tape");
  assert.ok(tape.valid);
  assert.equal(tape.params.recording_id, started.recordingId);
  const recording = await sdk.recordings.get(started.recordingId);
  assert.equal(recording.callUuid, id);
  const sound = await fetch(recording.recordingUrl);
  assert.equal(sound.status, 200);
  assert.equal(Buffer.from(await sound.arrayBuffer()).subarray(0, 4).toString(), "RIFF");
  await sdk.recordings.delete(started.recordingId);
  await assert.rejects(sdk.recordings.get(started.recordingId));
  await sdk.calls.hangup(id);
});
