import { after, before, test } from "node:test";
import { ALL_EVENTS, assert, client, ended, startApplication, startCarrier, twilio } from "./harness.mjs";

let carrier, app, sdk;

before(async () => {
  carrier = await startCarrier("--speed", "0", "--seed", "7");
  app = await startApplication(carrier);
  sdk = client(carrier);
  app.page("/answer", () => {
    const r = new twilio.twiml.VoiceResponse();
    r.say("Hello.");
    return r;
  });
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
    statusCallbackEvent: ALL_EVENTS,
    ...more,
  });

test("a created call has the documented shape", async () => {
  const call = await place();
  assert.match(call.sid, /^CA[0-9a-f]{32}$/);
  assert.equal(call.status, "queued");
  assert.equal(call.direction, "outbound-api");
  assert.equal(call.accountSid, carrier.account);
  assert.equal(call.toFormatted, "(202) 555-0100");
  assert.equal(call.priceUnit, "USD");
  assert.ok(call.subresourceUris.recordings.endsWith(`/Calls/${call.sid}/Recordings.json`));
});

test("a finished call is fetched with its times and duration", async () => {
  const { sid } = await place();
  await app.until(ended(app, sid), "the end");
  const call = await sdk.calls(sid).fetch();
  assert.equal(call.status, "completed");
  assert.ok(call.startTime instanceof Date && call.endTime instanceof Date && call.dateCreated instanceof Date);
  assert.ok(call.endTime > call.startTime);
  assert.ok(Number(call.duration) > 0);
  assert.equal(call.parentCallSid, null);
});

test("status callbacks come in order, numbered and signed", async () => {
  const { sid } = await place();
  await app.until(ended(app, sid), "the end");
  const mine = app.of("/status").filter((r) => r.params.CallSid === sid);
  assert.deepEqual(mine.map((r) => r.params.CallStatus), ["initiated", "ringing", "in-progress", "completed"]);
  assert.deepEqual(mine.map((r) => r.params.SequenceNumber), ["0", "1", "2", "3"]);
  assert.ok(mine.every((r) => r.valid));
});

test("the SDK refuses each change of a webhook", async () => {
  const { sid } = await place();
  await app.until(ended(app, sid), "the end");
  const mine = app.requests.filter((r) => r.params.CallSid === sid);
  assert.ok(mine.length >= 5);
  for (const { url, params, header } of mine) {
    const signature = header("x-twilio-signature");
    const valid = (s, u, p, token = carrier.token) => twilio.validateRequest(token, s, u, p);
    assert.ok(valid(signature, url, params));
    for (let i = 0; i < signature.length; i++) {
      const other = signature[i] === "A" ? "B" : "A";
      assert.equal(valid(signature.slice(0, i) + other + signature.slice(i + 1), url, params), false);
    }
    for (const [name, value] of Object.entries(params)) {
      const { [name]: gone, ...rest } = params;
      assert.equal(valid(signature, url, { ...rest, [name]: `${gone}0` }), false, name);
      assert.equal(valid(signature, url, { ...rest, [`${name}0`]: value }), false, name);
    }
    assert.equal(valid(signature, `${url}?x=1`, params), false);
    assert.equal(valid(signature, url, { ...params, Extra: "1" }), false);
    assert.equal(valid(signature, url, params, `${carrier.token}0`), false);
  }
});

test("each way not to answer has its status", async () => {
  for (const [suffix, status, sip] of [["01", "busy", "486"], ["02", "no-answer", "487"], ["03", "failed", "404"]]) {
    const { sid } = await place({ to: `+120255501${suffix}` });
    await app.until(ended(app, sid), status);
    assert.equal((await sdk.calls(sid).fetch()).status, status);
    const last = app.of("/status").filter((r) => r.params.CallSid === sid).at(-1);
    assert.equal(last.params.SipResponseCode, sip);
    assert.equal(last.params.CallDuration, "0");
  }
});

test("lists page through all calls, newest first", async () => {
  const before = (await sdk.calls.list()).length;
  for (let i = 0; i < 5; i++) await place({ to: "+12025550120" });
  const all = await sdk.calls.list({ pageSize: 3 });
  assert.equal(all.length, before + 5);
  assert.equal(new Set(all.map((c) => c.sid)).size, all.length);
  const mine = await sdk.calls.list({ to: "+12025550120", pageSize: 2 });
  assert.equal(mine.length, 5);
  const first = await sdk.calls.page({ to: "+12025550120", pageSize: 2 });
  const second = await first.nextPage();
  const back = await second.previousPage();
  assert.deepEqual(back.instances.map((c) => c.sid), first.instances.map((c) => c.sid));
  assert.equal((await sdk.calls.list({ limit: 2 })).length, 2);
});

test("lists filter by status and time", async () => {
  const { sid } = await place({ to: "+12025550101" });
  await app.until(ended(app, sid), "busy");
  const busy = await sdk.calls.list({ status: "busy" });
  assert.ok(busy.length > 0 && busy.every((c) => c.status === "busy"));
  const day = 24 * 3600 * 1000;
  assert.equal((await sdk.calls.list({ startTimeAfter: new Date(Date.now() + 2 * day) })).length, 0);
  assert.ok((await sdk.calls.list({ startTimeAfter: new Date(Date.now() - 2 * day) })).length > 0);
  assert.equal((await sdk.calls.list({ startTimeBefore: new Date(Date.now() - 5 * day) })).length, 0);
});

test("a call that is over can be deleted", async () => {
  const { sid } = await place();
  await app.until(ended(app, sid), "the end");
  assert.equal(await sdk.calls(sid).remove(), true);
  await assert.rejects(sdk.calls(sid).fetch(), { status: 404, code: 20404 });
});

test("the account and its number are there", async () => {
  const account = await sdk.api.v2010.accounts(carrier.account).fetch();
  assert.equal(account.status, "active");
  const numbers = await sdk.incomingPhoneNumbers.list({ phoneNumber: carrier.number });
  assert.equal(numbers.length, 1);
  assert.equal(numbers[0].capabilities.voice, true);
  assert.equal((await sdk.incomingPhoneNumbers.list({ phoneNumber: "+12025550000" })).length, 0);
});

test("machine detection tells a voicemail from a human", async () => {
  for (const [to, mode, verdict] of [
    ["+12025550104", "Enable", "machine_start"],
    ["+12025550104", "DetectMessageEnd", "machine_end_beep"],
    ["+12025550100", "Enable", "human"],
    ["+12025550115", "Enable", "unknown"],
  ]) {
    const { sid } = await place({ to, machineDetection: mode });
    await app.until(ended(app, sid), "the end");
    const answer = app.of("/answer").find((r) => r.params.CallSid === sid);
    assert.equal(answer.params.AnsweredBy, verdict);
    assert.ok(Number(answer.params.MachineDetectionDuration) > 0);
    assert.equal((await sdk.calls(sid).fetch()).answeredBy, verdict);
  }
});

test("asynchronous machine detection reports to its own callback", async () => {
  const { sid } = await place({
    to: "+12025550104",
    machineDetection: "Enable",
    asyncAmd: "true",
    asyncAmdStatusCallback: app.url("/amd"),
    twiml: "<Response><Pause length='10'/></Response>",
    url: undefined,
  });
  await app.until(ended(app, sid), "the end");
  const verdicts = app.of("/amd").filter((r) => r.params.CallSid === sid);
  assert.equal(verdicts.length, 1);
  assert.deepEqual(Object.keys(verdicts[0].params).sort(), ["AccountSid", "AnsweredBy", "CallSid", "MachineDetectionDuration"]);
  assert.equal(verdicts[0].params.AnsweredBy, "machine_start");
});
