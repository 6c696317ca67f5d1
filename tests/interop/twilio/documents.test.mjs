// Documents built by the SDK's VoiceResponse are fetched and carried out.
import { after, before, test } from "node:test";
import { ALL_EVENTS, assert, client, ended, startApplication, startCarrier, twilio } from "./harness.mjs";

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

const voice = (fill) => {
  const r = new twilio.twiml.VoiceResponse();
  fill(r);
  return r;
};

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
    voice((r) => r.gather({ input: "speech", action: "/name-heard" }).say("Hello, may I have your name, please?")),
  );
  app.page("/name-heard", () => voice((r) => r.say("Thank you.")));
  const sid = await live("/name");
  const [heard] = of("/name-heard", sid);
  assert.equal(heard.params.SpeechResult, "My name is John Doe.");
  assert.ok(Number(heard.params.Confidence) > 0.8);
  assert.ok(heard.valid);
});

test("gather takes keys up to the number asked for", async () => {
  app.page("/keys", () =>
    voice((r) => r.gather({ numDigits: 1, action: "/keys-heard" }).say("May we record this call? Press 1 for yes.")),
  );
  app.page("/keys-heard", () => voice((r) => r.hangup()));
  const sid = await live("/keys");
  assert.equal(of("/keys-heard", sid)[0].params.Digits, "1");
});

test("a gather without input goes on, or asks its action when told to", async () => {
  app.page("/silent", () =>
    voice((r) => {
      r.gather({ input: "speech", action: "/never", timeout: 2 }).say("Anybody there?");
      r.gather({ input: "dtmf speech", action: "/empty", timeout: 2, actionOnEmptyResult: true });
    }),
  );
  app.page("/empty", () => voice((r) => r.hangup()));
  const sid = await live("/silent", { to: "+12025550115" });
  assert.equal(of("/never", sid).length, 0);
  assert.equal(of("/empty", sid)[0].params.Digits, "");
});

test("redirects, pauses, plays and digits are carried out in order", async () => {
  app.page("/first", () =>
    voice((r) => {
      r.pause({ length: 3 });
      r.play({ digits: "1w2#" });
      r.play({ loop: 2 }, "/hold.wav");
      r.redirect({ method: "GET" }, "/second?a=1&b=2");
      r.say("This is never said.");
    }),
  );
  app.page("/second", () => voice((r) => r.say({ voice: "Polly.Joanna", language: "en-US" }, "Done & <over>.")));
  const sid = await live("/first");
  assert.ok(app.of("/hold.wav").length > 0);
  const second = app.of("/second").find((r) => r.query.CallSid === sid);
  assert.equal(second.method, "GET");
  assert.equal(second.query.a, "1");
  assert.equal(second.query.b, "2");
  assert.ok(second.valid);
});

test("a dial rings another number and reports how it went", async () => {
  app.page("/transfer", () =>
    voice((r) =>
      r
        .dial({ action: "/dialled", callerId: "+12025550123", timeout: 20 })
        .number({ statusCallback: app.url("/child"), statusCallbackEvent: ALL_EVENTS.join(" ") }, "+13035550100"),
    ),
  );
  app.page("/dialled", () => voice((r) => r.hangup()));
  const sid = await live("/transfer");
  const [dialled] = of("/dialled", sid);
  assert.equal(dialled.params.DialCallStatus, "completed");
  assert.equal(dialled.params.DialBridged, "true");
  assert.ok(Number(dialled.params.DialCallDuration) > 0);
  const child = app.of("/child").filter((r) => r.params.ParentCallSid === sid);
  assert.deepEqual(child.map((r) => r.params.CallStatus), ["initiated", "ringing", "in-progress", "completed"]);
  const leg = await sdk.calls(dialled.params.DialCallSid).fetch();
  assert.equal(leg.parentCallSid, sid);
  assert.equal(leg.direction, "outbound-dial");
  assert.equal(leg.from, "+12025550123");
  assert.equal((await sdk.calls.list({ parentCallSid: sid })).length, 1);
});

test("a dial to a busy number goes to its action as busy", async () => {
  app.page("/busy", () => voice((r) => r.dial({ action: "/busy-dialled" }, "+13035550101")));
  app.page("/busy-dialled", () => voice((r) => r.hangup()));
  const sid = await live("/busy");
  assert.equal(of("/busy-dialled", sid)[0].params.DialCallStatus, "busy");
});

test("a conference and a queue come back to their actions", async () => {
  app.page("/room", () =>
    voice((r) => {
      r.dial({ action: "/room-left" }).conference("Room 7");
    }),
  );
  app.page("/room-left", () => voice((r) => r.enqueue({ action: "/queue-left" }, "support")));
  app.page("/queue-left", () => voice((r) => r.leave()));
  const sid = await live("/room");
  assert.equal(of("/room-left", sid)[0].params.DialCallStatus, "answered");
  assert.equal(of("/queue-left", sid)[0].params.QueueResult, "bridged");
});

test("record keeps a message and hands its recording over", async () => {
  app.page("/message", () =>
    voice((r) => r.record({ action: "/recorded", maxLength: 30, recordingStatusCallback: "/message-ready" })),
  );
  app.page("/recorded", () => voice((r) => r.hangup()));
  const sid = await live("/message");
  const [recorded] = of("/recorded", sid);
  assert.match(recorded.params.RecordingSid, /^RE[0-9a-f]{32}$/);
  assert.ok(Number(recorded.params.RecordingDuration) >= 0);
  await app.until(() => of("/message-ready", sid).length === 1, "the recording");
  assert.equal(of("/message-ready", sid)[0].params.RecordingSource, "RecordVerb");
});

test("reject and hangup end the call", async () => {
  app.page("/reject", () => voice((r) => r.reject({ reason: "busy" })));
  app.page("/hangup", () => voice((r) => r.hangup()));
  await live("/reject");
  await live("/hangup");
});

test("pay reports success and a declined card", async () => {
  app.page("/pay", () => voice((r) => r.pay({ action: "/paid", chargeAmount: "49.99" })));
  app.page("/paid", () => voice((r) => r.hangup()));
  const good = await live("/pay", { to: "+12025550108" });
  assert.equal(of("/paid", good)[0].params.Result, "success");
  assert.match(of("/paid", good)[0].params.PaymentCardNumber, /^xxxx.*1111$/);
  const bad = await live("/pay", { to: "+12025550109" });
  assert.equal(of("/paid", bad)[0].params.Result, "payment-connector-error");
});

test("a document that fails goes to the fallback, and without one the call ends well", async () => {
  app.page("/fallback", () => voice((r) => r.say("Plan B.")));
  app.page("/broken", () => "<Response><Say>oops</Response>");
  const sid = await live("/broken", { fallbackUrl: app.url("/fallback") });
  const [fallback] = of("/fallback", sid);
  assert.equal(fallback.params.ErrorCode, "12100");
  assert.equal(fallback.params.ErrorUrl, app.url("/broken"));
  const alone = await live("/broken");
  assert.equal((await sdk.calls(alone).fetch()).status, "completed");
});

test("a call whose application is gone still ends", async () => {
  const sid = await live("/x", { url: "http://127.0.0.1:9/nobody" });
  assert.equal((await sdk.calls(sid).fetch()).status, "completed");
});

test("a document can come with the request", async () => {
  const sid = await live("/unused", {
    url: undefined,
    twiml: voice((r) => r.gather({ input: "speech", action: app.url("/inline") }).say("What state do you live in?")).toString(),
  });
  assert.equal(of("/inline", sid)[0].params.SpeechResult, "I live in California.");
});
