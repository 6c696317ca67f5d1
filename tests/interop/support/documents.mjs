// Documents of the carriers' own builders, read into plans and written again: the same tree.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { program } from "./program.mjs";

/** What plan_again says of each document: {document, losses}, or {error}. */
function writtenAgain(language, documents) {
  const tool = path.join(path.dirname(program), "tests/interop/support/plan_again");
  const input = documents.map((text) => `${JSON.stringify(text)}\n`).join("");
  const { status, stdout, error } = spawnSync(tool, [language], { input, encoding: "utf8", maxBuffer: 1 << 30 });
  if (error) throw error;
  assert.equal(status, 0);
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const plain = (text) =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_, hex, dec, name) =>
    name ? ENTITIES[name] : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(dec)),
  );

/** The tree of a document that a builder has made: no comments, no CDATA, no DTD. */
export function tree(xml) {
  const root = { name: "", attributes: {}, children: [] };
  const open = [root];
  for (const [, text, close, name, attributes, empty] of xml.matchAll(/([^<]+)|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"]*")*)\s*(\/?)>/g)) {
    if (text?.trim()) open.at(-1).children.push(plain(text.trim()));
    if (close) open.pop();
    if (!name || close) continue;
    const node = { name, attributes: {}, children: [] };
    for (const [, key, value] of attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)) node.attributes[key] = plain(value);
    open.at(-1).children.push(node);
    if (!empty) open.push(node);
  }
  assert.equal(open.length, 1, xml);
  return root.children.find((node) => node.name);
}

/** Does b say all that a says? Unless `aloud`, it says nothing more either. */
function assertSays(a, b, aloud, where) {
  if (typeof a === "string") return assert.equal(b, a, where);
  const said = aloud ? Object.fromEntries(Object.keys(a.attributes).map((key) => [key, b.attributes[key]])) : b.attributes;
  assert.deepEqual([b.name, said], [a.name, a.attributes], where);
  assert.equal(b.children.length, a.children.length, where);
  a.children.forEach((child, i) => assertSays(child, b.children[i], aloud, where));
}

/** All of these are held by plans without a loss. `aloud`: the writer may say defaults as well. */
export function assertHeld(language, documents, { aloud = false } = {}) {
  writtenAgain(language, documents).forEach(({ document, losses, error }, i) => {
    assert.equal(error, undefined, documents[i]);
    assert.deepEqual(losses, [], documents[i]);
    assertSays(tree(documents[i]), tree(document), aloud, `${documents[i]}\n${document}`);
  });
}

/** One of them; some of an object's members, each with one of its values. */
export const one = (pick, values) => values[pick(values.length)];
export const some = (pick, members) =>
  Object.fromEntries(
    Object.entries(members)
      .filter(() => pick(2))
      .map(([name, values]) => [name, one(pick, values)]),
  );
