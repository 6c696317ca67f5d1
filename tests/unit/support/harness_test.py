#!/usr/bin/env python3
"""The harness and the runner never call a failure a success.  usage: harness_test.py PROBE"""
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROBE = sys.argv[1]


def load_runner():
    loader = importlib.machinery.SourceFileLoader("run_tests", str(ROOT / "scripts/run-tests"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
    loader.exec_module(module)
    return module


def probe(prefix):
    return subprocess.run([PROBE, prefix], capture_output=True, text=True)


class Harness(unittest.TestCase):
    def test_passing_cases_are_counted(self):
        done = probe("good.")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout.splitlines()[-1], "2 passed, 0 failed")
        self.assertEqual(done.stderr, "")

    def test_a_prefix_selects_one_case(self):
        self.assertEqual(probe("good.holds").stdout.splitlines()[-1], "1 passed, 0 failed")

    def test_a_failed_case_goes_on_and_says_where(self):
        done = probe("bad.goes_on")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 1 failed")
        self.assertEqual(done.stderr.count("harness_probe.c:"), 4)
        for words in ("expected 1 == 2", "got  got this", "want want that", "got  (null)", "got  7"):
            self.assertIn(words, done.stderr)

    def test_require_leaves_the_case(self):
        done = probe("bad.require")
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 1 failed")
        self.assertIn("expected evaluated < 0", done.stderr)
        self.assertNotIn("evaluated == -1", done.stderr)

    def test_a_prefix_that_selects_nothing_is_a_failure(self):
        done = probe("no_such_case")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 0 failed")

    def test_a_crash_names_its_case_and_has_no_summary(self):
        done = probe("crash.")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout.splitlines()[-1], "run    crash.ends_the_program")


class Runner(unittest.TestCase):
    def count(self, status, output, skipped=None):
        case = ElementTree.Element("testcase", name="x", status=status)
        if skipped:
            ElementTree.SubElement(case, "skipped", message=skipped)
        ElementTree.SubElement(case, "system-out").text = output
        return load_runner().count(case)[:2]

    def test_cases_are_taken_from_the_last_summary(self):
        self.assertEqual(self.count("run", "1 passed, 0 failed\nx\n12 passed, 0 failed\n"), (12, 0))

    def test_a_script_without_a_summary_is_one_case(self):
        self.assertEqual(self.count("run", "fine\n"), (1, 0))

    def test_failed_cases_are_counted(self):
        self.assertEqual(self.count("fail", "3 passed, 2 failed\n"), (3, 2))

    def test_a_program_that_ends_badly_after_good_cases_failed(self):
        self.assertEqual(self.count("fail", "3 passed, 0 failed\nleak\n"), (3, 1))

    def test_a_crash_or_a_time_out_is_a_failure(self):
        self.assertEqual(self.count("fail", "run    a.case\n"), (0, 1))

    def test_a_program_that_never_ran_is_a_failure(self):
        self.assertEqual(self.count("notrun", ""), (0, 1))
        self.assertEqual(self.count("disabled", ""), (0, 1))
        self.assertEqual(self.count("notrun", "", "Unable to find executable"), (0, 1))

    def test_a_program_that_cannot_run_here_counts_as_nothing(self):
        self.assertEqual(self.count("notrun", "skipped: no strace\n", "SKIP_RETURN_CODE=77"), (0, 0))


if __name__ == "__main__":
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(1 if bad or not result.testsRun else 0)
