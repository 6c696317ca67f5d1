// Holds every kind of SWML document that we write to the carrier's JSON Schema.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { assertValid, binary, methods, root, skip, validator } from "./schema.mjs";

const samples = path.join(path.dirname(binary), "tests/interop/swml/swml_samples");

/** What call control needs. */
const NEEDED = (
  "answer hangup play prompt record record_call stop_record_call connect join_conference enter_queue send_digits tap " +
  "detect_machine switch cond execute transfer request set unset label goto return pay ai sleep sip_refer live_transcribe"
).split(" ");

/** What a plan has no step for and goes out as it came. */
const FLOW = {
  sections: {
    main: [
      { set: { tries: 0, name: "%{call.from}" } },
      { label: "again" },
      { cond: [{ when: "vars.tries < 2", then: [{ goto: { label: "again", max: 2 } }] }, { else: [{ unset: ["tries", "name"] }] }] },
      { execute: { dest: "other", params: { a: 1 }, on_return: [{ hangup: {} }] } },
      { detect_machine: { detect_message_end: true, wait: true, timeout: 30 } },
      { sleep: { duration: 1500 } },
      { request: { url: "https://a.example/", method: "POST", body: { x: "${vars.name}" }, save_variables: true } },
    ],
    other: [{ unset: "name" }, { return: { done: true } }],
  },
};

const read = (...args) =>
  execFileSync(samples, args, { encoding: "utf8", maxBuffer: 1 << 30 })
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** Documents and single verbs, read and written again. */
function readAgain(...documents) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "swml-"));
  try {
    const files = documents.map((document, i) => path.join(folder, `${i}.json`));
    documents.forEach((document, i) => writeFileSync(files[i], JSON.stringify(document)));
    return read("0", ...files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/* What their own builders make and their schema does not know; see tests/vectors/swml. */
const STRANGERS = new Set(["function-rpc.json"]);

function theirs() {
  const folder = path.join(root, "tests/vectors/swml/documents");
  const files = readdirSync(folder).filter((name) => name.endsWith(".json") && !STRANGERS.has(name));
  assert.ok(files.length > 10);
  return read("0", ...files.map((name) => path.join(folder, name)));
}

test("the schema refuses what is no SWML", { skip }, () => {
  assert.equal(validator()({ sections: { main: [{ hangup: {} }] } }), true);
  assert.equal(validator()({ sections: { main: [{ hangup: { reason: "bored" } }] } }), false);
});

test("documents of random plans are by the schema", { skip }, () => {
  const documents = read("3000");
  assert.equal(documents.length, 3000);
  documents.forEach(assertValid);
});

test("documents of the carrier's builders stay by the schema", { skip }, () => {
  theirs().forEach(assertValid);
});

test("what a plan has no step for stays by the schema, alone and in its sections", { skip }, () => {
  const verbs = Object.values(FLOW.sections).flat();
  const documents = readAgain(FLOW, ...verbs.map((verb) => ({ sections: { main: [verb] } })));
  documents.forEach(assertValid);
  assert.deepEqual(documents[0], FLOW);
});

test("every method that call control needs was held to the schema", { skip }, () => {
  const seen = methods([...read("3000"), ...theirs(), ...readAgain(FLOW)]);
  assert.deepEqual(NEEDED.filter((name) => !seen.has(name)), []);
});

test("numbers and booleans that the SDK writes as texts are written as the schema has them", { skip }, () => {
  const pay = {
    payment_connector_url: "https://a.example/pay", charge_amount: "49.99", input: "dtmf", payment_method: "credit-card",
    timeout: "10", max_attempts: "3", security_code: "true", min_postal_code_length: "0", postal_code: "false",
    token_type: "one-time", valid_card_types: "visa amex",
  };
  assert.equal(validator()({ sections: { main: [{ pay }] } }), false);
  const [document] = readAgain({ sections: { main: [{ pay }] } });
  assertValid(document);
  const written = document.sections.main.find((verb) => verb.pay).pay;
  for (const [name, value] of [["timeout", 10], ["max_attempts", 3], ["security_code", true], ["postal_code", false]])
    assert.equal(written[name], value, name);
});
