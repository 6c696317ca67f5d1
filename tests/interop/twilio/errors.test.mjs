import { after, before, test } from "node:test";
import { assert, client, startCarrier, twilio } from "./harness.mjs";

let carrier, sdk;
const url = "http://127.0.0.1:9/answer";

before(async () => {
  carrier = await startCarrier("--speed", "1");
  sdk = client(carrier);
});
after(() => carrier.stop());

const refused = (promise, status, code) =>
  assert.rejects(promise, (e) => {
    assert.equal(e.constructor.name, "RestException");
    assert.equal(e.status, status);
    assert.equal(e.code, code);
    assert.equal(e.moreInfo, `https://www.twilio.com/docs/errors/${code}`);
    return true;
  });

const create = (more) => sdk.calls.create({ to: "+12025550100", from: carrier.number, url, ...more });

test("wrong credentials are 20003", async () => {
  await refused(client(carrier, { token: "wrong" }).calls.list(), 401, 20003);
});

test("what does not exist is 20404", async () => {
  await refused(sdk.calls("CA" + "0".repeat(32)).fetch(), 404, 20404);
  await refused(sdk.recordings("RE" + "0".repeat(32)).fetch(), 404, 20404);
});

test("each bad parameter of a create has its code", async () => {
  await refused(create({ to: "" }), 400, 21201);
  await refused(create({ from: "" }), 400, 21213);
  await refused(create({ to: "+1555" }), 400, 21211);
  await refused(create({ to: "555-1234" }), 400, 21211);
  await refused(create({ to: carrier.number }), 400, 21211);
  await refused(create({ from: "12" }), 400, 21212);
  await refused(create({ from: "+12025550198" }), 400, 21210);
  await refused(create({ url: undefined }), 400, 21205);
  await refused(create({ url: "example.com/answer" }), 400, 21205);
  await refused(create({ method: "PUT" }), 400, 21209);
  await refused(create({ timeout: 601 }), 400, 21208);
  await refused(create({ sendDigits: "12x" }), 400, 21206);
  await refused(create({ machineDetection: "Perhaps" }), 400, 21234);
  await refused(create({ machineDetection: "Enable", machineDetectionTimeout: 2 }), 400, 21234);
  await refused(create({ sipAuthUsername: "u" }), 400, 21225);
  await refused(create({ url: undefined, twiml: "x".repeat(4001) }), 400, 32018);
});

test("magic numbers give the answers of test credentials", async () => {
  await refused(create({ to: "+15005550001" }), 400, 21217);
  await refused(create({ to: "+15005550002" }), 400, 21214);
  await refused(create({ to: "+15005550003" }), 400, 21215);
  await refused(create({ to: "+15005550004" }), 400, 21216);
  await refused(create({ from: "+15005550001" }), 400, 21212);
  assert.equal((await create({ from: "+15005550006" })).status, "queued");
});

test("a call that is not in progress cannot be redirected or recorded", async () => {
  const call = await create();
  await refused(sdk.calls(call.sid).update({ url }), 400, 21220);
  await refused(sdk.calls(call.sid).recordings.create(), 400, 21220);
  const canceled = await sdk.calls(call.sid).update({ status: "canceled" });
  assert.equal(canceled.status, "canceled");
  await refused(sdk.calls(call.sid).update({ twiml: "<Response/>" }), 400, 21220);
});

test("page sizes and tokens are checked", async () => {
  await refused(sdk.calls.page({ pageSize: 1001 }), 400, 20007);
  await refused(sdk.calls.page({ pageToken: "nonsense" }), 400, 21481);
});

test("faults at creation reach the SDK as they would from the carrier", async () => {
  await refused(create({ to: "+12025550112" }), 503, 20503);
  await refused(create({ to: "+12025550113" }), 429, 20429);
  assert.equal((await create({ to: "+12025550113" })).status, "queued");
  await assert.rejects(create({ to: "+12025550114" }), (e) => e.code === "ECONNRESET");
  assert.equal((await sdk.calls.list({ to: "+12025550114" })).length, 1);
});

test("a retrying SDK gets through a rate limit", async () => {
  const inner = new twilio.RequestClient({ autoRetry: true, maxRetries: 3 });
  const httpClient = {
    request: (o) => inner.request({ ...o, uri: o.uri.replace("https://api.twilio.com", carrier.base_url) }),
  };
  const retrying = twilio(carrier.account, carrier.token, { httpClient });
  const call = await retrying.calls.create({ to: "+13035550113", from: carrier.number, url });
  assert.equal(call.status, "queued");
});
