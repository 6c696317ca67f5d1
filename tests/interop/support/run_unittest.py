"""Runs the unit tests of the current folder. Ends with "N passed, N failed"; skipped ones count nothing."""

import logging
import sys
import unittest

sys.path.insert(0, ".")
logging.disable(logging.CRITICAL)
suite = unittest.defaultTestLoader.discover(".", pattern="test_*.py", top_level_dir=".")
result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
for test, reason in result.skipped:
    print(f"left out: {test}: {reason}")
failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
print(f"{result.testsRun - len(result.skipped) - failed} passed, {failed} failed")
sys.exit(0 if failed == 0 else 1)
