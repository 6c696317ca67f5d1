#!/usr/bin/env python3
"""Checks the rules of the house.

  run.py source  BUILD_DIR      what the text of the tree shows
  run.py headers [CC]           each header compiles alone, and twice
  run.py symbols ARCHIVE ...    what the ring archives call and hold
  run.py program FILE           what hardening the program carries
"""
import pathlib
import sys

import binary_checks
import header_checks
import program_checks
import source_checks

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def cases(kind, args):
    """(name of the rule, its violations)"""
    if kind == "source":
        for check in (source_checks.includes, source_checks.sql, source_checks.carrier_words,
                      source_checks.unfinished, source_checks.occasion, source_checks.lock_files,
                      source_checks.links):
            yield check.__name__, check(ROOT)
        yield "unlisted", source_checks.unlisted(ROOT, pathlib.Path(args[0]) / "compile_commands.json")
    elif kind == "headers":
        yield "headers", header_checks.headers(ROOT, *args)
    elif kind == "symbols" and args:
        for check in (binary_checks.banned, binary_checks.raw_memory, binary_checks.libraries_at_home):
            yield check.__name__, check(args)
        yield "globals", binary_checks.globals_and_constructors(args, HERE / "globals.txt")
    elif kind == "program" and args:
        yield "hardening", program_checks.hardening(args[0])
    else:
        sys.exit(__doc__)


def main():
    failed = total = 0
    for name, problems in cases(sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:]):
        problems = sorted(set(problems))
        for problem in problems:
            print(problem)
        print(f"{'FAILED' if problems else 'ok    '} arch.{name}")
        failed += bool(problems)
        total += 1
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
