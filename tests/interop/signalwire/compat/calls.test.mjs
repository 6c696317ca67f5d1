import { after, before, test } from "node:test";
import { ALL_EVENTS, ID, RestClient, assert, client, ended, laml, startApplication, startCarrier } from "./harness.mjs";

let carrier, app, sdk;

before(async () => {
  carrier = await startCarrier("--speed", "0", "--seed", "7");
  app = await startApplication(carrier);
  sdk = client(carrier);
  app.page("/answer", () => laml((r) => r.say("Hello & goodbye, señor.")));
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
const of = (path, sid) => app.of(path).filter((r) => r.params.CallSid === sid);

test("a created call has the documented shape", async () => {
  const call = await place();
  assert.match(call.sid, ID);
  assert.equal(call.status, "queued");
  assert.equal(call.accountSid, carrier.account);
  assert.equal(call.to, "+12025550100");
  assert.equal(call.priceUnit, "USD");
});

test("a finished call is fetched with its times and duration", async () => {
  const { sid } = await place();
  await app.until(ended(app, sid), "the end");
  const call = await sdk.calls(sid).fetch();
  assert.equal(call.status, "completed");
  assert.ok(call.startTime instanceof Date && call.endTime > call.startTime);
  assert.ok(call.duration > 0);
  assert.equal(call.parentCallSid, null);
});

test("status callbacks come in order, with both words for an answer, and signed with the signing key", async () => {
  const { sid } = await place();
  await app.until(ended(app, sid), "the end");
  const mine = of("/status", sid);
  assert.deepEqual(
    mine.map((r) => r.params.CallStatus),
    ["initiated", "ringing", "answered", "in-progress", "completed"],
  );
  assert.ok([...mine, ...of("/answer", sid)].every((r) => r.valid));
  const [answer] = of("/answer", sid);
  const header = answer.header("x-signalwire-signature");
  assert.equal(RestClient.validateRequest(carrier.token, header, answer.url, answer.params), false);
});

test("the SDK refuses each change of a webhook", async () => {
  const { sid } = await place();
  await app.until(ended(app, sid), "the end");
  for (const { url, params, header } of [...of("/answer", sid), ...of("/status", sid)]) {
    const signature = header("x-signalwire-signature");
    const valid = (s, u, p) => RestClient.validateRequest(carrier.signing_key, s, u, p, true);
    assert.ok(valid(signature, url, params));
    for (let i = 0; i < signature.length; i++) {
      const other = signature[i] === "A" ? "B" : "A";
      assert.equal(valid(signature.slice(0, i) + other + signature.slice(i + 1), url, params), false);
    }
    for (const [name, value] of Object.entries(params)) {
      const { [name]: gone, ...rest } = params;
      assert.equal(valid(signature, url, { ...params, [name]: `${value}0` }), false, name);
      if (gone !== "") assert.equal(valid(signature, url, { ...rest }), false, `no ${name}`);
    }
    assert.equal(valid(signature, `${url}?x=1`, params), false);
    assert.equal(valid(signature, url, { ...params, Extra: "1" }), false);
  }
});

test("a GET webhook is signed with its query", async () => {
  const { sid } = await place({ url: app.url("/answer?tenant=a%20b&x=1"), method: "GET" });
  await app.until(ended(app, sid), "the end");
  const answer = app.of("/answer").find((r) => r.query.CallSid === sid);
  assert.equal(answer.method, "GET");
  assert.equal(answer.query.tenant, "a b");
  assert.ok(answer.valid);
});

test("each way not to answer has its status", async () => {
  for (const [suffix, status, sip] of [["01", "busy", "486"], ["02", "no-answer", "487"], ["03", "failed", "404"]]) {
    const { sid } = await place({ to: `+120255501${suffix}` });
    await app.until(ended(app, sid), status);
    assert.equal((await sdk.calls(sid).fetch()).status, status);
    assert.equal(of("/status", sid).at(-1).params.SipResultCode, sip);
  }
});

test("lists page through all calls, newest first, and filter", async () => {
  const before = (await sdk.calls.list()).length;
  const placed = [];
  for (let i = 0; i < 5; i++) placed.unshift((await place({ to: "+12025550120" })).sid);
  const all = await sdk.calls.list({ pageSize: 3 });
  assert.equal(all.length, before + 5);
  assert.equal(new Set(all.map((c) => c.sid)).size, all.length);
  const mine = await sdk.calls.list({ to: "+12025550120", pageSize: 2 });
  assert.deepEqual(mine.map((c) => c.sid), placed);
  const first = await sdk.calls.page({ to: "+12025550120", pageSize: 2 });
  const second = await first.nextPage();
  assert.deepEqual(second.instances.map((c) => c.sid), placed.slice(2, 4));
  const back = await second.previousPage();
  assert.deepEqual(back.instances.map((c) => c.sid), placed.slice(0, 2));
  assert.equal((await sdk.calls.list({ limit: 2 })).length, 2);
  const busy = await sdk.calls.list({ status: "busy" });
  assert.ok(busy.length > 0 && busy.every((c) => c.status === "busy"));
});

test("a machine is told with the answer", async () => {
  for (const [to, verdict] of [["+12025550104", "machine"], ["+12025550100", "human"]]) {
    const { sid } = await place({ to, machineDetection: "Enable" });
    await app.until(ended(app, sid), "the end");
    assert.match(of("/answer", sid)[0].params.AnsweredBy, new RegExp(`^${verdict}`));
    assert.equal((await sdk.calls(sid).fetch()).answeredBy, verdict);
  }
});

test("a call that is over can be deleted", async () => {
  const { sid } = await place();
  await app.until(ended(app, sid), "the end");
  assert.equal(await sdk.calls(sid).remove(), true);
  await assert.rejects(sdk.calls(sid).fetch(), { status: 404 });
});

test("the account tells that the credentials are right, and not the token", async () => {
  const account = await sdk.api.v2010.accounts(carrier.account).fetch();
  assert.equal(account.status, "active");
  assert.notEqual(account.authToken, carrier.token);
});

test("refusals are errors of the SDK", async () => {
  await assert.rejects(client(carrier, { token: "wrong" }).calls.list(), { status: 401 });
  await assert.rejects(sdk.calls("00000000-0000-4000-8000-000000000000").fetch(), { status: 404 });
  await assert.rejects(sdk.recordings("00000000-0000-4000-8000-000000000000").fetch(), { status: 404 });
  /* the numbers of these come in a list, which the SDK does not read */
  for (const bad of [
    { to: "" },
    { from: "" },
    { from: "+12025550198" },
    { url: undefined },
    { method: "PUT" },
    { timeout: 601 },
    { machineDetection: "Perhaps" },
  ])
    await assert.rejects(place(bad), { name: "Error", status: 400 }, JSON.stringify(bad));
});
