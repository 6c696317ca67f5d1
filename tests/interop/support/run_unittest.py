"""Runs the unit tests of the current folder. Ends with "N passed, N failed"; skipped ones count nothing."""

import logging
import sys
import unittest


class Result(unittest.TextTestResult):
    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


sys.path.insert(0, ".")
logging.disable(logging.CRITICAL)
suite = unittest.defaultTestLoader.discover(".", pattern="test_*.py", top_level_dir=".")
result = unittest.TextTestRunner(stream=sys.stdout, resultclass=Result).run(suite)
for test, reason in result.skipped:
    print(f"left out: {test}: {reason}")
failed = len(result.failures) + len(result.errors)
print(f"{result.passed} passed, {failed} failed")
sys.exit(0 if failed == 0 else 1)
