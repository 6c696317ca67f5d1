import { after, before, test } from "node:test";
import { assert, client, plivo, startApplication, startCarrier, told, xml } from "./harness.mjs";

let carrier, app, sdk;

before(async () => {
  carrier = await startCarrier("--speed", "0", "--seed", "7");
  app = await startApplication(carrier);
  sdk = client(carrier);
  app.page("/answer", () => xml((r) => r.addSpeak("Hello & goodbye, señor.")));
  app.page("/ask", () =>
    xml((r) => {
      const input = r.addGetInput({ action: app.url("/heard?n=1"), method: "POST", inputType: "dtmf speech" });
      input.addSpeak("Which state do you live in?");
    }),
  );
  app.page("/heard", () => xml((r) => r.addHangup()));
});
after(async () => {
  await app.stop();
  await carrier.stop();
});

const place = (to = "12025550100", page = "/answer", more = {}) =>
  sdk.calls.create(carrier.number, to, app.url(page), {
    ringUrl: app.url("/ring"),
    hangupUrl: app.url("/hangup"),
    ...more,
  });

test("a created call is told with one id", async () => {
  const call = await place();
  assert.equal(call.message, "call fired");
  assert.match(call.requestUuid, /^[0-9a-f-]{36}$/);
  assert.match(call.apiId, /^[0-9a-f-]{36}$/);
});

test("webhooks come in order, and the SDK finds every signature right", async () => {
  const { requestUuid } = await place();
  await app.until(told(app, "/hangup", requestUuid), "the end");
  const mine = app.requests.filter((r) => r.params.CallUUID === requestUuid);
  assert.deepEqual(mine.map((r) => r.params.Event), ["Ring", "StartApp", "Hangup"]);
  assert.deepEqual(mine.map((r) => r.params.CallStatus), ["ringing", "in-progress", "completed"]);
  assert.ok(mine.every((r) => r.valid));
  assert.equal(mine[2].params.HangupCauseCode, "4010");
});

test("the SDK refuses each change of a webhook", async () => {
  const { requestUuid } = await place();
  await app.until(told(app, "/hangup", requestUuid), "the end");
  const flip = (text, i) => text.slice(0, i) + (text[i] === "A" ? "B" : "A") + text.slice(i + 1);
  for (const { method, url, params, header } of app.requests.filter((r) => r.params.CallUUID === requestUuid)) {
    const nonce = { v2: header("x-plivo-signature-v2-nonce"), v3: header("x-plivo-signature-v3-nonce") };
    const v3 = (s, u = url, p = params, n = nonce.v3) => plivo.validateV3Signature(method, u, n, carrier.token, s, p);
    const v2 = (s, u = url, n = nonce.v2) => plivo.validateSignature(u, n, s, carrier.token);
    for (const account of ["", "ma-"]) {
      const three = header(`x-plivo-signature-${account}v3`);
      const two = header(`x-plivo-signature-${account}v2`);
      assert.ok(v3(three) && v2(two));
      for (let i = 0; i < three.length; i++) assert.equal(v3(flip(three, i)) || v2(flip(two, i)), false, `byte ${i}`);
      for (const [name, value] of Object.entries(params)) {
        const { [name]: gone, ...rest } = params;
        assert.equal(v3(three, url, { ...rest, [name]: `${gone}0` }), false, name);
        assert.equal(v3(three, url, { ...rest, [`${name}0`]: value }), false, name);
      }
      assert.equal(v3(three, `${url}?x=1`), false);
      assert.equal(v3(three, url, params, `${nonce.v3}0`) || v2(two, url, `${nonce.v2}0`), false);
      assert.equal(v2(two, `${url}/x`), false); /* V2 leaves query and parameters out */
    }
  }
});

test("a GET webhook is signed with its query", async () => {
  const before = app.of("/answer").length;
  const { requestUuid } = await place("12025550100", "/answer?tenant=a%20b&x=1", { answerMethod: "GET" });
  await app.until(told(app, "/hangup", requestUuid), "the end");
  const answer = app.of("/answer").slice(before).find((r) => r.query.CallUUID === requestUuid);
  assert.equal(answer.method, "GET");
  assert.equal(answer.query.tenant, "a b");
  assert.ok(answer.valid);
});

test("what the callee says comes to the action", async () => {
  const { requestUuid } = await place("12025550100", "/ask");
  await app.until(told(app, "/hangup", requestUuid), "the end");
  const heard = app.of("/heard").find((r) => r.params.CallUUID === requestUuid);
  assert.equal(heard.params.InputType, "speech");
  assert.equal(heard.params.Speech, "I live in California.");
  assert.ok(heard.valid);
});

test("a finished call is a record", async () => {
  const { requestUuid } = await place("12025550101");
  await app.until(told(app, "/hangup", requestUuid), "the end");
  const record = await sdk.calls.get(requestUuid);
  assert.equal(record.callUuid, requestUuid);
  assert.equal(record.callState, "BUSY");
  assert.equal(record.hangupCauseCode, 3010);
  assert.equal(record.answerTime, null);
  const list = await sdk.calls.list({ toNumber: "12025550101", limit: 5 });
  assert.ok(list.some((c) => c.callUuid === requestUuid));
});

test("several destinations are called at once", async () => {
  const { requestUuid, message } = await place("12025550101<12025550103");
  assert.equal(message, "calls fired");
  assert.equal(requestUuid.length, 2);
  await app.until(() => requestUuid.every((id) => told(app, "/hangup", id)()), "both ends");
});

test("a machine is told with the answer", async () => {
  const { requestUuid } = await place("12025550104", "/answer", { machineDetection: "true" });
  await app.until(told(app, "/hangup", requestUuid), "the end");
  const answer = app.of("/answer").find((r) => r.params.CallUUID === requestUuid);
  assert.equal(answer.params.Machine, "true");
});

test("refusals are errors of the SDK", async () => {
  await assert.rejects(sdk.calls.create("13035550100", "12025550100", app.url("/answer")), /not associated with your account/);
  await assert.rejects(sdk.calls.get("00000000-0000-4000-8000-000000000000"), /call not found/);
  await assert.rejects(client(carrier, { token: "wrong" }).calls.list());
});
