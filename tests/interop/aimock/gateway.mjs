// A gateway with the mock carrier and the openai brain, and callees who say what a test wants said.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { start } from "../support/program.mjs";

const WAIT_MS = 60000;

/** callees: number → what they say, one answer after the other. */
export async function startGateway({ assistant, callees, settings }) {
  const dir = await mkdtemp(path.join(os.tmpdir(), "switchhook-aimock-"));
  const assistants = path.join(dir, "assistants");
  await mkdir(assistants);
  await writeFile(path.join(assistants, `${assistant.name}.json`), JSON.stringify(assistant));
  const scenario = path.join(dir, "scenario.json");
  const script = (lines) => lines.map((line) => ({ say: line }));
  const list = Object.entries(callees).map(([number, lines]) => ({ number, default_reply: "Hello?", script: script(lines) }));
  await writeFile(scenario, JSON.stringify({ callees: list }));
  const { line, stop } = await start(["serve"], {
    cwd: dir,
    stdio: ["ignore", "pipe", process.env.SHOW_LOG ? "inherit" : "ignore"],
    env: {
      PATH: process.env.PATH,
      TELEPHONY_PROVIDER: "mock",
      MOCK_SPEED: "0",
      MOCK_SEED: "1",
      MOCK_SCENARIO: scenario,
      SWITCHHOOK_LISTEN: "127.0.0.1:0",
      SWITCHHOOK_DATA_DIR: path.join(dir, "data"),
      SWITCHHOOK_ASSISTANTS_DIR: assistants,
      ...settings,
    },
  });
  const base = /http:\/\/127\.0\.0\.1:\d+/.exec(line)[0];
  const get = async (url) => (await fetch(base + url)).json();
  /** Resolves once the call is over: the call and its transcript. */
  const call = async (to) => {
    const body = JSON.stringify({ to, assistant: assistant.name });
    const placed = await fetch(`${base}/api/calls`, { method: "POST", headers: { "content-type": "application/json" }, body });
    assert.equal(placed.status, 202, await placed.clone().text());
    const { id } = await placed.json();
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const call = await get(`/api/calls/${id}`);
      if (!["queued", "dialing", "ringing", "answered"].includes(call.status)) {
        const { items } = await get(`/api/calls/${id}/transcript`);
        return { call, lines: items, said: items.filter((l) => l.role === "assistant").map((l) => l.text) };
      }
      assert.ok(Date.now() < end, `the call is still ${call.status}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return {
    base,
    call,
    stop: async () => {
      await stop();
      await rm(dir, { recursive: true });
    },
  };
}
