// Holds every kind of SWML document that we write to the carrier's JSON Schema. The schema is
// theirs and not in this repository: without it nothing is tested and nothing counts. SWML_SCHEMA
// names the file (schema.json of the Python package signalwire-sdk).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const schemaFile = process.env.SWML_SCHEMA ?? path.join(root, "../shared/reference/data/swml-schema.json");
const build = path.dirname(process.env.SWITCHHOOK_BINARY ?? path.join(root, "build/release/switchhook"));
const samples = path.join(build, "tests/interop/swml/swml_samples");
const skip = !existsSync(schemaFile) && `there is no schema at ${schemaFile}`;

function documents(...args) {
  const text = execFileSync(samples, args, { encoding: "utf8", maxBuffer: 1 << 30 });
  return text.split("\n").filter((line) => line !== "");
}

let compiled;

function validator() {
  const ajv = new Ajv2020.default({ strict: false, validateFormats: false });
  compiled ??= ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
  return compiled;
}

/** Which verb is wrong, and how it says so. */
function assertValid(validate, line) {
  const document = JSON.parse(line);
  if (validate(document)) return;
  for (const verb of document.sections.main)
    if (!validate({ sections: { main: [verb] } })) assert.fail(`not by the schema: ${JSON.stringify(verb)}`);
  assert.fail(`not by the schema: ${line}`);
}

test("the schema refuses what is no SWML", { skip }, () => {
  const validate = validator();
  assert.equal(validate({ sections: { main: [{ hangup: {} }] } }), true);
  assert.equal(validate({ sections: { main: [{ hangup: { reason: "bored" } }] } }), false);
});

test("documents of random plans are by the schema", { skip }, () => {
  const validate = validator();
  const lines = documents("3000");
  assert.equal(lines.length, 3000);
  for (const line of lines) assertValid(validate, line);
});

test("documents of the carrier's builders stay by the schema", { skip }, () => {
  // What their own builders make and their schema does not know; see tests/vectors/swml.
  const strangers = new Set(["function-rpc.json"]);
  const folder = path.join(root, "tests/vectors/swml/documents");
  const files = readdirSync(folder).filter((name) => name.endsWith(".json") && !strangers.has(name));
  assert.ok(files.length > 10);
  const validate = validator();
  for (const line of documents("0", ...files.map((name) => path.join(folder, name)))) assertValid(validate, line);
});
