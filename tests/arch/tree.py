"""The files of the repository, and C source without its comments."""
import pathlib
import re

SKIPPED = {".git", "build", "node_modules", "__pycache__", ".venv", "data"}
RINGS = ("core", "twiml", "swml", "providers")

COMMENT_OR_STRING = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files(root, *suffixes):
    """Every file below root as (path relative to root, pathlib.Path), in a fixed order."""
    for path in sorted(pathlib.Path(root).rglob("*")):
        rel = path.relative_to(root)
        if SKIPPED.intersection(rel.parts) or rel.name == ".env" or not path.is_file():
            continue
        if not suffixes or path.suffix in suffixes:
            yield rel.as_posix(), path


def sources(root):
    """The C files of the program itself."""
    for rel, path in files(root, ".c", ".h"):
        if rel.split("/")[0] in RINGS:
            yield rel, path


def text(path):
    """The text of a file, or None when it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def without_comments(source):
    """C source with comments blanked out; the line numbers stay."""
    def blank(m):
        word = m.group(0)
        return re.sub(r"[^\n]", " ", word) if word.startswith("/") else word
    return COMMENT_OR_STRING.sub(blank, source)


def lines(source):
    return enumerate(source.splitlines(), 1)
