"""Runs a test program with a file system of 3 MB as its directory for temporary files.

usage: small_disk.py program
Without the right to mount one it tests nothing, says so, and counts nothing.
"""
import os
import subprocess
import sys
import tempfile

# In a name space of its own: whatever happens, nothing stays mounted.
SPACE = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
SCRIPT = 'mount -t tmpfs -o size=3m,mode=0700 none "$1" && TMPDIR="$1" exec "$2"'


def run(directory, program, **options):
    return subprocess.run([*SPACE, "sh", "-c", SCRIPT, "sh", directory, program], **options)


with tempfile.TemporaryDirectory(prefix="switchhook-disk-") as directory:
    probe = run(directory, "/bin/true", capture_output=True, text=True)
    if probe.returncode != 0:
        print(f"skipped: a small file system cannot be mounted here: {probe.stderr.strip()}")
        print("0 passed, 0 failed")
        sys.exit(0)
    sys.exit(run(directory, sys.argv[1]).returncode)
