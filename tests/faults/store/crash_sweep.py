"""Kills a writer at its write-class system calls, one after the other, and looks what is left.

usage: crash_sweep.py store_crash_child [points]
Where strace cannot trace, that part is left out, and says so.
"""
import os
import shutil
import subprocess
import sys
import tempfile

CALLS = "pwrite64,pwritev,write,fdatasync,fsync,ftruncate,unlink"
ROWS = 12
CHILD = sys.argv[1]
POINTS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
# LeakSanitizer cannot run under another tracer.
ENV = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")

failures = []


def expect(ok, what):
    if not ok:
        failures.append(what)
        print("FAILED", what)


def run(*args, strace=()):
    return subprocess.run([*strace, CHILD, *args], capture_output=True, text=True, env=ENV,
                          timeout=60, stdin=subprocess.DEVNULL)


def traced(inject, log=os.devnull):
    return ["strace", "-f", "-qq", "-o", log, "-e", f"trace={CALLS}", *inject]


def numbers(output, word):
    return [int(line.split()[1]) for line in output.splitlines() if line.startswith(word + " ")]


def check_after(db, acked, where):
    """What was acknowledged is there, once, and a restart works."""
    for start in ("first", "second"):
        after = run("read", db)
        expect(after.returncode == 0 and after.stdout.endswith("end\n"),
               f"{where}: the {start} start fails: {after.stderr.strip()}")
        has = numbers(after.stdout, "has")
        expect(set(acked) <= set(has), f"{where}: lost {sorted(set(acked) - set(has))}")
        expect(len(has) == len(set(has)), f"{where}: doubled rows")


def with_directory(body, made_before=False):
    """made_before: the database is there already, so the writer's own calls are the ones that count."""
    directory = tempfile.mkdtemp(prefix="switchhook-crash-")
    try:
        if made_before:
            run("read", os.path.join(directory, "calls.db"))
        return body(os.path.join(directory, "calls.db"), os.path.join(directory, "trace"))
    finally:
        shutil.rmtree(directory)


def count_calls(made_before):
    """Calls of the busiest thread: strace counts for each thread on its own."""
    def body(db, log):
        done = run("write", db, str(ROWS), strace=traced([], log))
        if done.returncode != 0:
            return 0
        with open(log) as f:
            threads = [line.split()[0] for line in f if "(" in line and "resumed" not in line]
        return max(threads.count(t) for t in set(threads)) if threads else 0
    return with_directory(body, made_before)


def sweep(name, made_before, points, inject):
    """inject(n) is what strace does at the n-th call."""
    total = count_calls(made_before)
    chosen = range(1, total + 1, max(1, -(-total // points)))
    acked_counts = []

    def body(db, log):
        done = run("write", db, str(ROWS), strace=traced(inject(n), log))
        acked = numbers(done.stdout, "acked")
        acked_counts.append(len(acked))
        expect(done.returncode != -6 and "Sanitizer" not in done.stderr,
               f"{name} at {n}: {done.stderr.strip()[-300:]}")
        check_after(db, acked, f"{name} at {n}")

    for n in chosen:
        with_directory(body, made_before)
    partly = sum(0 < count < ROWS for count in acked_counts)
    expect(partly > 0 or not made_before, f"{name}: no point lies between two acknowledged rows")
    print(f"{name}: {len(chosen)} points of {total}, {partly} between acknowledged rows")


def second_process():
    def body(db, _log):
        first = subprocess.Popen([CHILD, "hold", db], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True, env=ENV)
        try:
            expect(first.stdout.readline().startswith("ready"), "the first process starts")
            second = run("read", db)
            expect(second.returncode != 0 and "in use by another process" in second.stderr,
                   f"a second process is refused: {second.stderr.strip()}")
        finally:
            first.communicate("", timeout=60)
        expect(first.returncode == 0, "the first process is not disturbed")
        expect(run("read", db).returncode == 0, "the next process may start")
    with_directory(body)


def failed_sync(n):
    """After a sync that failed nothing is acknowledged any more: the page cache may lie."""
    def body(db, log):
        done = run("write", db, str(ROWS),
                   strace=["strace", "-f", "-qq", "-o", log, "-e", "trace=fdatasync",
                           "-e", f"inject=fdatasync:error=EIO:when={n}"])
        outcome = [line.split()[0] for line in done.stdout.splitlines()]
        first_failure = outcome.index("failed") if "failed" in outcome else len(outcome)
        expect("acked" not in outcome[first_failure:], f"acknowledged after a failed sync: {outcome}")
        expect("failed" not in outcome or "restart" in done.stderr,
               f"it asks for a restart: {done.stderr.strip()[-200:]}")
        check_after(db, numbers(done.stdout, "acked"), f"failed sync {n}")
        return first_failure
    return with_directory(body, made_before=True)


def failed_syncs():
    before = [failed_sync(n) for n in (1, 2, 3)]
    expect(0 in before and max(before) > 0, f"a sync fails at the first row and later: {before}")


def kill(n):
    return ["-e", f"inject={CALLS}:signal=KILL:when={n}"]


def fail(error, when):
    return ["-e", f"inject=pwrite64,ftruncate:error={error}:when={when}"]


def main():
    cases = [second_process]
    if shutil.which("strace") and count_calls(made_before=True):
        cases += [
            lambda: sweep("kill while the database is made", False, POINTS // 3, kill),
            lambda: sweep("kill", True, POINTS, kill),
            lambda: sweep("full disk from", True, POINTS // 3, lambda n: fail("ENOSPC", f"{n}+")),
            lambda: sweep("failed write", True, POINTS // 3, lambda n: fail("EIO", n)),
            failed_syncs,
        ]
    else:
        print("skipped: the sweep; strace is not here or may not trace")
    failed = 0
    for case in cases:
        before = len(failures)
        case()
        failed += len(failures) > before
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
