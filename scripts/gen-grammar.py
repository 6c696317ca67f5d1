#!/usr/bin/env python3
"""Turns tests/vectors/<language>/grammar.json into the C tables of twiml/.

    scripts/gen-grammar.py            writes the tables
    scripts/gen-grammar.py --check    exits 1 and names the file when a table is not up to date
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# A closed list as long as this is a snapshot of somebody's catalogue (voices, languages): newer
# names have to pass.
OPEN_FROM = 60

# The file of Plivo XML has types of its own.
PLIVO_TYPES = {
    "int": "integer", "bool": "boolean", "int-or-auto": "integer-or-auto", "url": "absolute-url",
    "url-or-enum": "url-or-enum", "enum-or-pattern": "enum-open", "comma-list": "enum-commas",
    "bool-or-string": "boolean-or-string",
}


def from_plivo(elements):
    """The same shape as the TwiML file."""
    grammar = {n: e for n, e in elements.items() if "alias_of" not in e}
    for name, e in grammar.items():
        e["kind"] = "root" if e.get("root") else "element"
        for n, a in e["attributes"].items():
            a["type"] = PLIVO_TYPES.get(a["type"], a["type"])
            if "0-9" in (a.get("values") or []):  # one key, or a word
                a["type"], a["values"] = "enum", [*"0123456789", *(v for v in a["values"] if v != "0-9")]
            elif a["type"] == "string" and a.get("values"):
                a["type"] = "enum-open"
            a["required"] = n in e["required"]
            # Plivo docs: hangup causes, 8011 Invalid Answer XML
            a["fatal"] = (a["type"] in ("absolute-url", "url-or-enum") or a.get("values") == ["GET", "POST"]
                          or (name, n) == ("GetInput", "action"))
    return grammar


LANGUAGES = [
    {
        "json": "tests/vectors/twiml/grammar.json",
        "out": "twiml/twiml_grammar.c",
        "header": "twiml/twiml_grammar.h",
        "name": "TwiML",
        "symbol": "twiml_grammar",
        # Twilio docs: Error and Warning Dictionary
        "lenient": "Stop",
        "codes": {"unparsable_code": 12100, "refused_code": 12102, "schema_code": 12200},
        "bytes_max": 65536,  # error 11750
        "spoken": "Say",
    },
    {
        "json": "tests/vectors/plivoxml/grammar.json",
        "out": "twiml/plivoxml_grammar.c",
        "header": "twiml/plivoxml_grammar.h",
        "name": "Plivo XML",
        "symbol": "plivoxml_grammar",
        "convert": from_plivo,
        # Plivo docs: Hangup causes. A mere warning has no number.
        "codes": {"unparsable_code": 8011, "refused_code": 8011, "schema_code": 0},
        "bytes_max": "PLIVOXML_BYTES_MAX",
        "spoken": "Speak",
        "absolute_urls": True,
    },
]

TYPES = {
    "string": "STRING", "enum": "ENUM", "enum-list": "ENUM_LIST", "enum-open": "ENUM_OPEN",
    "boolean": "BOOLEAN", "integer": "INTEGER", "integer-list": "INTEGER_LIST",
    "integer-or-auto": "INTEGER_OR_AUTO", "decimal": "DECIMAL", "url": "URL",
    "boolean-or-string": "BOOLEAN_OR_STRING", "absolute-url": "ABSOLUTE_URL",
    "url-or-enum": "URL_OR_ENUM", "enum-commas": "ENUM_COMMAS",
}


def quote(text):
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def identifier(name):
    """say-as and Say differ in C too."""
    plain = re.sub(r"\W", "_", name)
    return plain if plain[0].isupper() else "ssml_" + plain


def expand(char_class):
    """0-9A-D#* as the characters themselves."""
    return re.sub(r"(\w)-(\w)",
                  lambda m: "".join(chr(c) for c in range(ord(m[1]), ord(m[2]) + 1)), char_class)


def filled(items, indent="    ", width=100):
    """Items with commas, as many to a line as fit."""
    lines, line = [], indent
    for item in items:
        word = item + ", "
        if len(line) + len(word.rstrip()) > width:
            lines.append(line.rstrip())
            line = indent
        line += word
    return lines + [line.rstrip()]


class Tables:
    def __init__(self):
        self.lists = {}  # values -> symbol
        self.lines = []

    def values(self, wanted, symbol):
        key = tuple(str(v) for v in wanted)
        if key not in self.lists:
            self.lists[key] = symbol
            self.lines.append(f"static const char *const {symbol}[] = {{")
            self.lines += filled([quote(v) for v in key] + ["NULL"])
            self.lines += ["};", ""]
        return self.lists[key]

    def attribute(self, element, name, a):
        kind = a["type"]
        if kind == "enum" and len(a["values"]) >= OPEN_FROM:
            kind = "enum-open"
        fields = [f".name = {quote(name)}", f".type = XML_VALUE_{TYPES[kind]}"]
        alias = re.search(r"SDK \S+ emits (?:the lower-case spelling )?([a-z]+)", a.get("note", ""))
        if alias:
            fields.append(f".alias = {quote(alias[1])}")
        if a.get("values") and kind != "boolean":
            fields.append(f".values = {self.values(a['values'], f'{identifier(element)}_{identifier(name)}_values')}")
        if a.get("default") is not None:
            fields.append(f".preset = {quote(a['default'])}")
        pattern = re.fullmatch(r"\^\[([^\]]+)\]([?*+]?)\$", a.get("pattern", ""))
        if pattern:
            fields.append(f".chars = {quote(expand(pattern[1]))}")
        most = a.get("max_length") or (1 if pattern and pattern[2] in "?" else 0)
        if most:
            fields.append(f".max_chars = {most}")
        if a.get("min_length"):
            fields.append(f".min_chars = {a['min_length']}")
        for bound in ("min", "max"):
            if a.get(bound) is not None:
                fields.append(f".{bound} = {a[bound]}, .has_{bound} = true")
        if a.get("required"):
            fields.append(".required = true")
        if a.get("case_insensitive"):
            fields.append(".any_case = true")
        if a.get("fatal"):
            fields.append(".fatal = true")
        return "    {" + ", ".join(fields) + "},"


def generate(language):
    grammar = json.loads((ROOT / language["json"]).read_text())
    del grammar["_meta"]
    grammar = language.get("convert", lambda g: g)(grammar)
    names = sorted(grammar, key=lambda n: grammar[n]["kind"] != "root")
    for name in names: # the file says it twice: by children and by parents
        assert all(name in grammar[p]["children"] for p in grammar[name]["parents"]), name
        assert all(name in grammar[c]["parents"] for c in grammar[name]["children"]), name
    tables, attributes, rows = Tables(), [], []
    for name in names:
        e = grammar[name]
        if e["attributes"]:
            attributes.append(f"static const struct xml_attr_rule {identifier(name)}_attrs[] = {{")
            attributes += [tables.attribute(name, n, a) for n, a in e["attributes"].items()]
            attributes += ["};", ""]
        fields = [f".name = {quote(name)}"]
        if e["attributes"]:
            fields.append(f".attrs = {identifier(name)}_attrs, .attr_count = {len(e['attributes'])}")
        if e["children"]:
            bits = sum(1 << names.index(c) for c in e["children"])
            fields.append(f".children = {bits:#x}")
        if e["text"]:
            fields.append(".text = true")
        if e.get("text_max"):
            fields.append(f".text_max_chars = {e['text_max']}")
        if e.get("deprecated"):
            fields.append(".deprecated = true")
        rows.append("    {" + ", ".join(fields) + "},")
    return "\n".join([
        "/*",
        f" * Generated by scripts/gen-grammar.py from {language['json']}: do not edit.",
        " */",
        f"#include \"{language['header']}\"",
        "",
        "#include \"core/base/compiler.h\"",
        "",
        "// clang-format off",
        *tables.lines,
        *attributes,
        "static const struct xml_element_rule elements[] = {",
        *rows,
        "};",
        "",
        f"_Static_assert(ARRAY_LEN(elements) <= XML_ELEMENTS_MAX, \"a set of elements is one word\");",
        "",
        f"const struct xml_grammar {language['symbol']} = {{",
        f"    .name = {quote(language['name'])},",
        "    .elements = elements,",
        "    .element_count = ARRAY_LEN(elements),",
        f"    .bytes_max = {language['bytes_max']},",
        f"    .spoken = {quote(language['spoken'])},",
        *(["    .absolute_urls = true,"] if language.get("absolute_urls") else []),
        *([f"    .lenient_parent = {quote(language['lenient'])},"] if "lenient" in language else []),
        *[f"    .{k} = {v}," for k, v in language["codes"].items()],
        "};",
        "// clang-format on",
        "",
    ])


def main():
    stale = []
    for language in LANGUAGES:
        out = ROOT / language["out"]
        text = generate(language)
        if out.exists() and out.read_text() == text:
            continue
        stale.append(language["out"])
        if "--check" not in sys.argv[1:]:
            out.write_text(text)
    if stale and "--check" in sys.argv[1:]:
        sys.exit(f"not up to date, run scripts/gen-grammar.py: {' '.join(stale)}")


main()
