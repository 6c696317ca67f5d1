// The carrier's JSON Schema of SWML. It is theirs and not in this repository: SWML_SCHEMA names the
// file (schema.json of the Python package signalwire-sdk). Without it nothing is tested and nothing
// counts.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
export const binary = path.resolve(process.env.SWITCHHOOK_BINARY ?? path.join(root, "build/release/switchhook"));
const schemaFile = process.env.SWML_SCHEMA ?? path.join(root, "../shared/reference/data/swml-schema.json");
export const skip = !existsSync(schemaFile) && `there is no schema at ${schemaFile}`;

let compiled;

export function validator() {
  const ajv = new Ajv2020.default({ strict: false, validateFormats: false });
  compiled ??= ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
  return compiled;
}

/** Which verb is wrong, and how it says so. */
export function assertValid(document) {
  const validate = validator();
  if (validate(document)) return;
  for (const verb of Object.values(document.sections).flat())
    if (!validate({ sections: { main: [verb] } })) assert.fail(`not by the schema: ${JSON.stringify(verb)}`);
  assert.fail(`not by the schema: ${JSON.stringify(document)}`);
}

/** Names of the methods in a document, those within others too. */
export function methods(value, found = new Set()) {
  if (Array.isArray(value)) {
    for (const item of value) {
      const names = item && typeof item === "object" && !Array.isArray(item) ? Object.keys(item) : [];
      if (names.length === 1) found.add(names[0]);
      methods(item, found);
    }
  } else if (value && typeof value === "object") {
    for (const member of Object.values(value)) methods(member, found);
  }
  return found;
}
