"""Rules that are visible in the text of the tree. Each check yields one line per violation."""
import json
import re

import tree

CARRIERS = ("twilio", "plivo", "signalwire")
INCLUDE = re.compile(r'\s*#\s*include\s+(["<])([^">]+)[">]')
SQL = re.compile(r'"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\s|'
                 r'CREATE\s+(TABLE|INDEX|UNIQUE)\b|ALTER\s+TABLE\s|PRAGMA\s|BEGIN\s+IMMEDIATE)|\bsqlite3_')
# Names on the carriers' wires. Nobody but the carrier's folder and its document language says them.
WIRE = re.compile(r"CallSid|AccountSid|CallUUID|CallStatus|RecordingUrl|RecordingSid|SpeechResult|"
                  r"AnsweredBy|MachineDetection|X-Twilio-|X-Plivo-|X-SignalWire-", re.I)
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
# Text is about the program, not about the machine or the occasion on which it was written.
MACHINE_PATH = re.compile(r"(?<![\w./-])/(work|Users|root|tmp|home/\w+)(?![\w.-])")
OCCASION = re.compile(r"\b(as req" r"uested|per the " r"brief|the " r"brief says|sub-?ag" r"ent)\b", re.I)
# Who may see the implementers' side of a port beside the providers and adapters, and which.
PORT_MAKERS = {
    "core/app/carrier_facts.c": "core/domain/provider_impl.h", # asks which settings are missing
    "core/app/carrier_sample.c": "core/domain/provider_impl.h", # makes providers of no account
    "core/app/carrier_settings.c": "core/domain/provider_impl.h", # the same, from the settings
    "core/app/providers_setup.c": "core/domain/provider_impl.h", # fills what providers are made from
    "core/engine/brain_openai.c": "core/domain/brain_impl.h", # is one of the brains
    "core/engine/brain_scripted.c": "core/domain/brain_impl.h", # is one of the brains
}
MARKDOWN_LINK = re.compile(r"\]\(([^)\s]+)\)")
FOREIGN = ("tests/vectors/", "LICENSE")


def read_rules(root):
    folders, libraries = {}, {}
    for line in (root / "tests/arch/rules.txt").read_text().splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, allowed = (part.strip() for part in line.split(" :" if " :" in line else ":"))
        (libraries if name[0] == "<" else folders)[name.lstrip("<")] = allowed.split()
    return folders, libraries


def folder_of(rel, folders):
    """The rule's folder that a file lives in, with * made concrete; longest rule first."""
    for rule in sorted(folders, key=lambda r: (-r.count("/"), "*" in r, -len(r))):
        pattern = re.escape(rule).replace(r"\*", "[^/]+") + "/"
        m = re.match(pattern, rel)
        if m:
            return m.group(0).rstrip("/"), rule
    return None, None


def includes(root):
    folders, libraries = read_rules(root)
    for rel, path in tree.sources(root):
        home, rule = folder_of(rel, folders)
        if home is None:
            yield f"{rel}: is in no folder that tests/arch/rules.txt knows"
            continue
        allowed = [home] + folders[rule]
        for n, line in tree.lines(tree.without_comments(path.read_text())):
            m = INCLUDE.match(line)
            if not m:
                continue
            inc = m.group(2)
            if m.group(1) == "<":
                for library, places in libraries.items():
                    if inc.startswith(library) and not rel.startswith(tuple(places)):
                        yield f"{rel}:{n}: <{inc}> is for {' '.join(places)} only"
            elif not (root / inc).exists():
                yield f'{rel}:{n}: "{inc}" is not a path from the root of the repository'
            elif not any(inc == a or inc.startswith(a + "/") for a in allowed):
                yield f"{rel}:{n}: {home} may not include {inc}"
            elif (inc.endswith("_impl.h") and rel.startswith(("core/engine/", "core/app/"))
                  and not inc.startswith(PORT_MAKERS.get(rel, "nothing"))):
                yield f"{rel}:{n}: {inc} is for those who implement the port"


def sql(root):
    for rel, path in tree.sources(root):
        if rel.startswith("core/io/store_"):
            continue
        for n, line in tree.lines(tree.without_comments(path.read_text())):
            if SQL.search(line):
                yield f"{rel}:{n}: SQL belongs to core/io/store_*"


# A word of one carrier that another's API has taken over, and where.
TAKEN_OVER = {"providers/signalwire/compat_words.c": "X-Twilio-Signature"}


def carrier_words(root):
    """A carrier's name or wire word where the carrier is not at home. Comments may cite sources."""
    for rel, path in tree.sources(root):
        top = rel.split("/")[0]
        if top in ("twiml", "swml") or rel.startswith(("core/app/", "providers/mock/", "providers/registry.c")):
            continue # the document languages; the composition root; the box that speaks all three; the list
        strangers = [c for c in CARRIERS if not rel.startswith(f"providers/{c}/")]
        for n, line in tree.lines(tree.without_comments(path.read_text())):
            words = line.replace(TAKEN_OVER[rel], "") if rel in TAKEN_OVER else line
            for carrier in strangers:
                if re.search(carrier, words, re.I):
                    yield f"{rel}:{n}: names {carrier}"
            if top == "core" and WIRE.search(line):
                yield f"{rel}:{n}: a wire word of a carrier: {WIRE.search(line).group(0)}"


def unfinished(root):
    for rel, path in tree.files(root):
        if not rel.startswith(FOREIGN):
            for n, line in tree.lines(tree.text(path) or ""):
                if UNFINISHED.search(line):
                    yield f"{rel}:{n}: unfinished: {line.strip()[:80]}"


def occasion(root):
    for rel, path in tree.files(root):
        if rel.startswith(FOREIGN):
            continue
        for n, line in tree.lines(tree.text(path) or ""):
            if MACHINE_PATH.search(line) or OCCASION.search(line):
                yield f"{rel}:{n}: speaks of one machine or occasion: {line.strip()[:80]}"


def lock_files(root):
    """A lock file pins versions and digests; where to fetch from is the reader's setting."""
    host = re.compile(r'"resolved":\s*"https?:|^\s*resolved\s+"?https?:|^\s*registry\s*=|index-url', re.M)
    for rel, path in tree.files(root):
        name = rel.split("/")[-1]
        if name.endswith(("-lock.json", ".lock", "-lock.yaml")) or name in (".npmrc", "pip.conf"):
            m = host.search(tree.text(path) or "")
            if m:
                yield f"{rel}: names a registry: {m.group(0).strip()}"


def unlisted(root, compile_commands):
    """A .c file that no CMakeLists.txt names is dead, or a test that never runs."""
    known = {entry["file"] for entry in json.loads(compile_commands.read_text())}
    for rel, path in tree.files(root, ".c"):
        replayed_only = rel == "tests/fuzz/standalone.c" # not part of libFuzzer builds
        if str(path.resolve()) not in known and not replayed_only:
            yield f"{rel}: is not built"


def links(root):
    """A link in our pages leads to a file, and to a heading of it when it names one."""
    for rel, path in tree.files(root, ".md"):
        for n, line in tree.lines(outside_code(path.read_text())):
            for target in MARKDOWN_LINK.findall(line):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, anchor = target.partition("#")
                page = (path.parent / name).resolve() if name else path
                if not page.exists():
                    yield f"{rel}:{n}: links {target}, which is not there"
                elif anchor and anchor not in anchors(page.read_text()):
                    yield f"{rel}:{n}: links {target}: the page has no such heading"


def outside_code(markdown):
    """The page with its code blocks blanked out; the line numbers stay."""
    return re.sub(r"^```.*?^```", lambda m: re.sub(r"[^\n]", "", m.group(0)), markdown, flags=re.M | re.S)


def anchors(markdown):
    """The names that GitHub gives to headings: lower case, no punctuation, dashes for spaces."""
    for heading in re.findall(r"^#+ +(.+?) *$", outside_code(markdown), re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
