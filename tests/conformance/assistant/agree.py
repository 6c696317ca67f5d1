#!/usr/bin/env python3
"""docs/assistant.schema.json and the gateway's own reader judge the same definitions alike.

usage: agree.py JUDGE SOURCE_DIR

What the schema refuses, the reader refuses. What the reader refuses, the schema refuses too, unless
the reader's words tell that it is something no schema can say (BEYOND).
"""
import copy
import json
import pathlib
import re
import subprocess
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("python3-jsonschema is missing: run scripts/install-deps --tests")
    sys.exit(1)

# Faults between members, or in bytes, or in what a text means.
BEYOND = [
    "has no meaning", "cannot read", "there is no", "cannot be reached", "leads to no end",
    "never ends", "circle", "twice", "same id", "no variable and no global_data", "no argument, no variable",
    "is none of the assistant's", "is read by nobody",
    "name of a variable", "no function of this assistant", "needs \"", "names no property",
    "has none called", "is no number to dial", "is never reached", "is missing, name the state",
    "control character", "adds up money only", "fact of the call", "slot too many",
    ".actions[", # what an action's value is: core/domain/function_action_json.h tells
    "leads on from a step", "is no name", "bytes, shorten it",
]
WRONG = [None, 7, -1.5, True, "", "zzz!", [], [7], {"zzz": 1}, "x" * 9000]


def definitions(source):
    """The samples as they are, and one definition with every member, changed in every place."""
    for f in sorted((source / "assistants").glob("*.json")):
        yield f.name, json.loads(f.read_text())
    full = json.loads((source / "tests/vectors/assistants/full.json").read_text())
    yield from variants("full", full)


def paths_of(value, path=()):
    """Every place in a document but the root."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in items:
        yield path + (key,)
        if isinstance(child, (dict, list)):
            yield from paths_of(child, path + (key,))


def changed(document, path, change):
    copied = copy.deepcopy(document)
    place = copied
    for key in path[:-1]:
        place = place[key]
    change(place, path[-1])
    return copied


def replaced(value):
    def change(place, key):
        place[key] = value
    return change


def removed(place, key):
    del place[key]


def enlarged(place, key):
    if isinstance(place[key], dict):
        place[key]["zzz"] = 1
    elif isinstance(place[key], list) and place[key]:
        place[key] = place[key] * (1 + 200 // len(place[key]))


def variants(name, document):
    yield name, document
    yield name + " zzz", {**document, "zzz": 1}
    for path in paths_of(document):
        where = name + " " + ".".join(str(p) for p in path)
        yield where + " removed", changed(document, path, removed)
        yield where + " enlarged", changed(document, path, enlarged)
        for value in WRONG:
            yield f"{where} = {json.dumps(value)[:20]}", changed(document, path, replaced(value))


def cases_of(source):
    cases = json.loads((source / "tests/vectors/assistants/cases.json").read_text())
    bases = {name: base for name, base in cases["bases"].items()}
    for case in cases["cases"]:
        yield case, {**bases[case.get("base", "small")], **case["members"]}


def judge(program, documents):
    lines = "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents)
    out = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout
    verdicts = out.splitlines()
    assert len(verdicts) == len(documents), (len(verdicts), len(documents))
    return verdicts


def words_differ(schema, source):
    """Built-in functions and actions are listed in C and in the schema."""
    def of(file, pattern):
        return set(re.findall(pattern, (source / "core/domain" / file).read_text())) - {"none"}
    listed = schema["$defs"]
    pairs = [
        (set(listed["function"]["anyOf"][0]["enum"]), of("function.c", r'\{"(\w+)",')),
        (set(listed["action"]["anyOf"][0]["enum"]), of("function_action.c", r'\] = "(\w+)"')),
    ]
    return [f"the schema lists {sorted(a)}, the program {sorted(b)}" for a, b in pairs if a != b]


def main():
    program, source = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads((source / "docs/assistant.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    failures = words_differ(schema, source)

    cases = list(cases_of(source))
    for (case, document), verdict in zip(cases, judge(program, [d for _, d in cases])):
        want = case.get("field")
        got = None if verdict == "ok" else verdict.split("\t")[1]
        if want != got:
            failures.append(f"case {case['members']}: reader says {verdict}, not {want}")
        if want is not None and case.get("says", "") not in verdict:
            failures.append(f"case {case['members']}: {verdict!r} lacks {case['says']!r}")
        refused = not validator.is_valid(document)
        if refused != (want is not None and case.get("schema", True)):
            failures.append(f"case {case['members']}: schema {'refuses' if refused else 'takes'} it")

    tried = list(definitions(source))
    verdicts = judge(program, [d for _, d in tried])
    for (where, document), verdict in zip(tried, verdicts):
        taken, valid = verdict == "ok", validator.is_valid(document)
        if taken and not valid:
            errors = [e.message[:120] for e in validator.iter_errors(document)][:1]
            failures.append(f"{where}: only the schema refuses it: {errors}")
        if not taken and valid and not any(word in verdict for word in BEYOND):
            failures.append(f"{where}: only the reader refuses it: {verdict}")

    for line in failures[:40]:
        print(line)
    print(f"{len(cases)} cases and {len(tried)} variants, {len(failures)} judged differently")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
