// Documents built by the SDK's VoiceResponse are fetched and carried out.
import { after, before, test } from "node:test";
import { ALL_EVENTS, ID, assert, client, ended, laml, startApplication, startCarrier } from "./harness.mjs";

let carrier, app, sdk;

before(async () => {
  carrier = await startCarrier("--speed", "0", "--seed", "11");
  app = await startApplication(carrier);
  sdk = client(carrier);
});
after(async () => {
  await app.stop();
  await carrier.stop();
});

async function live(path, more = {}) {
  const { sid } = await sdk.calls.create({
    to: "+12025550100",
    from: carrier.number,
    url: app.url(path),
    statusCallback: app.url("/status"),
    statusCallbackEvent: ALL_EVENTS,
    ...more,
  });
  await app.until(ended(app, sid), `the end of ${path}`);
  return sid;
}
const of = (path, sid) => app.of(path).filter((r) => r.params.CallSid === sid);

test("gather hears what the callee says to a prompt", async () => {
  app.page("/name", () =>
    laml((r) => r.gather({ input: "speech", action: "/name-heard" }).say("Hello, may I have your name, please?")),
  );
  app.page("/name-heard", () => laml((r) => r.say("Thank you.")));
  const sid = await live("/name");
  const [heard] = of("/name-heard", sid);
  assert.equal(heard.params.SpeechResult, "My name is John Doe.");
  assert.ok(heard.valid);
});

test("gather takes keys up to the number asked for", async () => {
  app.page("/keys", () =>
    laml((r) => r.gather({ numDigits: 1, action: "/keys-heard" }).say("May we record this call? Press 1 for yes.")),
  );
  app.page("/keys-heard", () => laml((r) => r.hangup()));
  assert.equal(of("/keys-heard", await live("/keys"))[0].params.Digits, "1");
});

test("pauses, plays and redirects are carried out in order", async () => {
  app.page("/first", () =>
    laml((r) => {
      r.pause({ length: 3 });
      r.play({ digits: "1w2#" });
      r.play({ loop: 2 }, "/hold.wav");
      r.redirect({ method: "GET" }, "/second?a=1&b=2");
      r.say("This is never said.");
    }),
  );
  app.page("/second", () => laml((r) => r.say({ voice: "woman", language: "en-US" }, "Done & <over>.")));
  const sid = await live("/first");
  assert.ok(app.of("/hold.wav").length > 0);
  const second = app.of("/second").find((r) => r.query.CallSid === sid);
  assert.deepEqual([second.method, second.query.a, second.query.b], ["GET", "1", "2"]);
  assert.ok(second.valid);
});

test("a dial rings another number and reports how it went", async () => {
  app.page("/transfer", () => laml((r) => r.dial({ action: "/dialled", timeout: 20 }).number("+13035550100")));
  app.page("/dialled", () => laml((r) => r.hangup()));
  const sid = await live("/transfer");
  const [dialled] = of("/dialled", sid);
  assert.equal(dialled.params.DialCallStatus, "completed");
  assert.match(dialled.params.DialCallSid, ID);
  const leg = await sdk.calls(dialled.params.DialCallSid).fetch();
  assert.equal(leg.parentCallSid, sid);
  assert.equal((await sdk.calls.list({ parentCallSid: sid })).length, 1);
});

test("record keeps a message and hands its recording over", async () => {
  app.page("/message", () => laml((r) => r.record({ action: "/recorded", maxLength: 30, recordingStatusCallback: "/ready" })));
  app.page("/recorded", () => laml((r) => r.hangup()));
  const sid = await live("/message");
  assert.match(of("/recorded", sid)[0].params.RecordingSid, ID);
  await app.until(() => of("/ready", sid).length === 1, "the recording");
  assert.equal(of("/ready", sid)[0].params.RecordingSource, "RecordVerb");
});

test("a conference and a queue come back to their actions", async () => {
  app.page("/room", () => laml((r) => r.dial({ action: "/room-left" }).conference("Room 7")));
  app.page("/room-left", () => laml((r) => r.enqueue({ action: "/queue-left" }, "support")));
  app.page("/queue-left", () => laml((r) => r.leave()));
  const sid = await live("/room");
  assert.ok(of("/room-left", sid)[0].params.DialCallStatus);
  assert.equal(of("/queue-left", sid)[0].params.QueueResult, "bridged");
});

test("reject and hangup end the call", async () => {
  app.page("/reject", () => laml((r) => r.reject({ reason: "busy" })));
  app.page("/hangup", () => laml((r) => r.hangup()));
  for (const path of ["/reject", "/hangup"]) {
    const sid = await live(path);
    assert.equal(of(path, sid).length, 1);
    assert.equal((await sdk.calls(sid).fetch()).sid, sid);
  }
});

test("a document that fails goes to the fallback", async () => {
  app.page("/fallback", () => laml((r) => r.say("Plan B.")));
  app.page("/broken", () => "<Response><Say>oops</Response>");
  const sid = await live("/broken", { fallbackUrl: app.url("/fallback") });
  assert.equal(of("/fallback", sid)[0].params.ErrorUrl, app.url("/broken"));
  assert.equal((await sdk.calls(sid).fetch()).status, "completed");
});
