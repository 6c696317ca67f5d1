// Holds the documents for the carrier's own agent to its JSON Schema: of the samples, and of a
// definition with every member, of which random ones are left out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { random } from "../support/random.mjs";
import { assertValid, binary, methods, root, skip } from "./schema.mjs";

const ROUNDS = 100;
const EVERYTHING = JSON.parse(readFileSync(path.join(root, "tests/vectors/assistants/full.json"), "utf8"));
const OPTIONAL = [
  "title", "post_prompt", "contexts", "languages", "hints", "pronunciation", "params", "global_data", "disclosure", "greeting",
  "goodbye", "recording", "machine", "limits", "interruptions",
];

/**
 * What the carrier's own SDK writes and its schema does not know: a step that allows no functions,
 * the contexts that lead out of a context, a function's fillers in several languages. What a voice
 * is set to differs from schema to schema.
 */
function withoutKnownStrangers(document) {
  const copy = structuredClone(document);
  for (const { ai } of copy.sections.main) {
    for (const language of ai?.languages ?? []) delete language.params;
    for (const f of ai?.SWAIG?.functions ?? [])
      if (f.fillers) f.fillers = Object.fromEntries(Object.entries(f.fillers).slice(0, 1));
    for (const context of Object.values(ai?.prompt.contexts ?? {})) {
      delete context.valid_contexts;
      for (const step of context.steps) if (step.functions === "none") delete step.functions;
    }
  }
  return copy;
}

function render(folder, name) {
  const env = { ...process.env, SWITCHHOOK_ASSISTANTS_DIR: folder, SWITCHHOOK_DATA_DIR: folder };
  const args = ["render", "--assistant", name, "--format", "swml"];
  return JSON.parse(execFileSync(binary, args, { env, cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }));
}

function assertAgent(document) {
  assertValid(withoutKnownStrangers(document));
  assert.ok(methods(document).has("ai"), JSON.stringify(document));
}

test("the samples as documents of the carrier's agent are by the schema", { skip }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "assistants-"));
  try {
    const files = readdirSync(path.join(root, "assistants")).filter((name) => name.endsWith(".json"));
    assert.ok(files.length >= 3);
    for (const name of files) {
      const definition = JSON.parse(readFileSync(path.join(root, "assistants", name), "utf8"));
      if (definition.brain !== "carrier") definition.otherwise = definition.brain ?? "scripted";
      definition.brain = "carrier";
      writeFileSync(path.join(folder, name), JSON.stringify(definition));
      assertAgent(render(folder, definition.name));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("random parts of a definition with every member are by the schema", { skip }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "assistants-"));
  const pick = random(20261121);
  try {
    for (let i = 0; i < ROUNDS; i++) {
      const definition = { ...structuredClone(EVERYTHING), brain: "carrier" };
      for (const member of OPTIONAL) if (i > 0 && pick(2)) delete definition[member];
      // who knows no languages has no state that changes to one
      if (!definition.languages) for (const state of definition.flow.states) delete state.language;
      writeFileSync(path.join(folder, "full.json"), JSON.stringify(definition));
      assertAgent(render(folder, "full"));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
