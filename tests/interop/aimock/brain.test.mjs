// The caller hears something in time and the call ends well, whatever the model server does. The
// server is @copilotkit/aimock, which speaks OpenAI's chat completions and fails on demand.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { LLMock } from "@copilotkit/aimock";
import { startGateway } from "./gateway.mjs";

const FALLBACK = "One moment please.";
const GOODBYE = "Goodbye.";
const BUDGET_MS = 5000; // long enough for a busy machine
const SLOW_MS = 12000;
const number = (n) => `+130355502${String(n).padStart(2, "0")}`;

const assistant = {
  name: "helper",
  brain: "openai",
  prompt: "You help callers of a shop.",
  greeting: "Hello, how can I help?",
  goodbye: GOODBYE,
  fallback_line: FALLBACK,
  functions: ["share_information", "end_call"],
  model: { temperature: 0.2, turn_budget_ms: BUDGET_MS },
  limits: { max_turns: 6 },
};

const BYE = "That is all, thank you.";
const callees = {
  [number(1)]: ["Please note that I like tea.", "And what are your hours?", BYE],
  [number(2)]: ["Please note it badly.", BYE],
  [number(3)]: ["Are you slow?", BYE],
  [number(4)]: ["Break off in the middle.", BYE],
  [number(5)]: ["Too many requests at first.", BYE],
  [number(6)]: ["Fail for ever.", "Fail again.", "Fail a third time.", BYE],
  [number(7)]: ["Who are you to ask?", BYE],
  [number(8)]: ["Say it with marks.", BYE],
  [number(9)]: ["Fall over once.", BYE],
};

/** Leads by steps, and is summed up in the end. */
const desk = {
  name: "desk",
  brain: "openai",
  contexts: [
    {
      name: "default",
      steps: [
        { name: "ask", text: "Ask for the name.", criteria: "The name is known", functions: ["share_information"] },
        { name: "close", text: "Take leave.", functions: ["end_call"], end: true },
      ],
    },
  ],
  post_prompt: "Sum up for the desk.",
  greeting: "Hello, how can I help?",
  goodbye: GOODBYE,
  functions: ["share_information", "end_call"],
};
const LEAVE = "I am Ann, and that is all.";
const SUMMARY = "Ann called.";

let server, gateway, front;

const tool = (name, args) => ({ toolCalls: [{ name, arguments: typeof args === "string" ? args : JSON.stringify(args) }] });
const refusal = (status, message) => ({ error: { message, type: "server_error" }, status });

/** The first time one answer, then another. */
function once(first, then) {
  let asked = 0;
  return () => (asked++ === 0 ? first : then);
}

before(async () => {
  server = new LLMock({ port: 0, logLevel: "silent" });
  server
    .on({ userMessage: "The call is over" }, { content: SUMMARY })
    .on({ userMessage: LEAVE, hasToolResult: false }, tool("end_call", { reason: "too_early" }))
    .on({ userMessage: BYE }, tool("end_call", { reason: "done" }))
    .on({ userMessage: "I like tea", hasToolResult: false }, tool("share_information", { information: "Likes tea", category: "personal_info" }))
    .on({ userMessage: "I like tea", hasToolResult: true }, { content: "I have noted **tea**." })
    .on({ userMessage: "your hours" }, { content: "We are open from nine to five." })
    .on({ userMessage: "note it badly", hasToolResult: false }, tool("share_information", '{"information": "x", '))
    .on({ userMessage: "note it badly", hasToolResult: true }, { content: "I could not note that." })
    .on({ userMessage: "Are you slow" }, { content: "Too late." }, { chaos: { latencyMs: SLOW_MS } })
    .on({ userMessage: "Break off" }, { content: "This is whole. This one is not whole at all, as it is cut." }, { chunkSize: 10, truncateAfterChunks: 4, latency: 20 })
    .on({ userMessage: "Too many requests" }, once(refusal(429, "slow down"), { content: "Now I have time." }))
    .on({ userMessage: "Fail" }, refusal(500, "broken"))
    .on({ userMessage: "Who are you" }, { error: { message: "Incorrect API key", type: "invalid_request_error", code: "invalid_api_key" }, status: 401 })
    .on({ userMessage: "with marks" }, { content: "# Choice\n- **One**\n- Two\n\nCard 4111 1111 1111 1111." })
    .on({ userMessage: "Fall over" }, once(refusal(503, "Loading model"), { content: "I am back." }));
  await server.start();
  gateway = await startGateway({
    assistant,
    callees,
    settings: { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_MODEL: "gpt-4o-mini", OPENAI_API_KEY: "sk-not-to-be-seen" },
  });
});

after(async () => {
  await gateway?.stop();
  await front?.stop();
  await server?.stop();
});

const requests = (words) =>
  server.getRequests().filter((r) => (r.body?.messages ?? []).some((m) => m.role === "user" && String(m.content).includes(words)));

/** Every turn is answered, and the assistant has the last word. */
function endsWell({ call, lines, said }, outcome) {
  assert.equal(call.status, "completed");
  assert.equal(call.outcome, outcome);
  assert.equal(lines.at(-1).role, "assistant");
  const spoken = lines.filter((l) => l.role !== "function").map((l) => l.role);
  for (let i = 1; i < spoken.length; i++) assert.notEqual(spoken[i], spoken[i - 1], "each turn is answered");
  assert.equal(said[0], "Hello, how can I help?");
  assert.ok(said.at(-1).endsWith(GOODBYE), said.at(-1));
}

test("a conversation of several turns with functions", async () => {
  const result = await gateway.call(number(1));
  endsWell(result, "done");
  assert.deepEqual(result.said.slice(1), ["I have noted tea.", "We are open from nine to five.", GOODBYE]);
  const functions = result.lines.filter((l) => l.role === "function").map((l) => l.function);
  assert.deepEqual(functions.map((f) => f.name), ["share_information", "end_call"]);
  assert.equal(functions[0].arguments.information, "Likes tea");
  const usage = result.lines.find((l) => l.text === "I have noted tea.").usage;
  assert.equal(usage.requests, 2);
  assert.ok(usage.prompt_tokens > 0 && usage.completion_tokens > 0 && usage.latency_ms >= 0, JSON.stringify(usage));
  const last = requests(BYE).at(-1).body.messages.map((m) => [m.role, m.content ?? m.tool_calls[0].function.name]);
  assert.deepEqual(last.slice(1), [
    ["user", "[The call is answered.]"],
    ["assistant", "Hello, how can I help?"],
    ["user", "Please note that I like tea."],
    ["assistant", "share_information"],
    ["tool", functions[0].result],
    ["assistant", "I have noted tea."],
    ["user", "And what are your hours?"],
    ["assistant", "We are open from nine to five."],
    ["user", BYE],
  ]);
});

test("arguments that are no JSON are told to the model, which goes on", async () => {
  const result = await gateway.call(number(2));
  endsWell(result, "done");
  assert.equal(result.said[1], "I could not note that.");
  assert.ok(result.lines.some((l) => l.function?.error));
});

test("a slow server gets the fall-back line in time, and the call goes on", async () => {
  const begun = Date.now();
  const result = await gateway.call(number(3));
  endsWell(result, "done");
  assert.equal(result.said[1], FALLBACK);
  assert.ok(Date.now() - begun < SLOW_MS, `${Date.now() - begun} ms`);
});

test("of an answer that is cut the whole sentences are heard", async () => {
  const result = await gateway.call(number(4));
  endsWell(result, "done");
  assert.equal(result.said[1], "This is whole.");
});

test("a server that has too much to do is asked again", async () => {
  const result = await gateway.call(number(5));
  endsWell(result, "done");
  assert.equal(result.said[1], "Now I have time.");
});

test("a server that falls over once is asked again", async () => {
  const result = await gateway.call(number(9));
  endsWell(result, "done");
  assert.equal(result.said[1], "I am back.");
});

test("a server that fails for ever gets three turns, each with words, then a polite end", async () => {
  const result = await gateway.call(number(6));
  endsWell(result, "assistant_error");
  assert.deepEqual(result.said.slice(1), [FALLBACK, FALLBACK, `${FALLBACK} ${GOODBYE}`]);
});

test("a key that is refused ends the call politely at once, and is told to nobody", async () => {
  const result = await gateway.call(number(7));
  endsWell(result, "assistant_error");
  assert.deepEqual(result.said.slice(1), [`${FALLBACK} ${GOODBYE}`]);
  assert.ok(!JSON.stringify(result).includes("sk-not-to-be-seen"));
});

test("what is written for screens is spoken, and card numbers are masked", async () => {
  const result = await gateway.call(number(8));
  endsWell(result, "done");
  assert.equal(result.said[1], "Choice. One. Two. Card [card number].");
});

test("steps limit what a model may do, and the call is summed up when it is over", async () => {
  let asked = 0;
  server.on({ userMessage: LEAVE, hasToolResult: true }, () => (asked++ === 0 ? tool("next_step", { step: "close" }) : tool("end_call", { reason: "done" })));
  front = await startGateway({
    assistant: desk,
    callees: { [number(20)]: [LEAVE] },
    settings: { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_MODEL: "gpt-4o-mini" },
  });
  const result = await front.call(number(20));
  endsWell(result, "done"); // not "too_early": the first step has no end_call
  const bodies = requests(LEAVE).map((r) => r.body);
  const tools = bodies.map((b) => b.tools.map((t) => t.function.name));
  assert.deepEqual(tools, [["share_information", "next_step"], ["share_information", "next_step"], ["end_call"]]);
  assert.match(bodies[0].messages[0].content, /Ask for the name\.\nThis is done when: The name is known/);
  assert.match(bodies[2].messages[0].content, /Take leave\./);
  const end = Date.now() + 30000;
  let items = [];
  while (items.length === 0 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    items = (await (await fetch(`${front.base}/api/information?category=call_summary`)).json()).items;
  }
  assert.equal(items[0]?.information, SUMMARY);
  const last = requests("The call is over")[0].body.messages;
  assert.match(last[0].content, /^Sum up for the desk\./);
  assert.match(last[1].content, /Caller: I am Ann, and that is all\./);
});
