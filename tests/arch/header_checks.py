"""Every header of the program and of the test support compiles alone, and twice."""
import concurrent.futures
import os
import subprocess

import tree

LIBRARIES = ["libsodium", "libcjson", "libcurl", "libmicrohttpd", "sqlite3", "libxml-2.0", "libcrypto"]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wstrict-prototypes", "-Wundef", "-Werror"]


def compile_alone(root, rel, cc, cflags):
    program = f'#include "{rel}"\n#include "{rel}"\nextern int not_an_empty_unit;\n'
    done = subprocess.run([cc, "-std=gnu17", "-D_GNU_SOURCE", "-fsyntax-only", f"-I{root}", *cflags, *WARNINGS,
                           "-x", "c", "-"], cwd=root, input=program, capture_output=True, text=True)
    if done.returncode:
        first = next((l for l in done.stderr.splitlines() if "error" in l), done.stderr[:200])
        return f"{rel}: does not compile alone and twice: {first}"
    return None


def headers(root, cc="gcc"):
    cflags = subprocess.run(["pkg-config", "--cflags", *LIBRARIES], check=True, capture_output=True,
                            text=True).stdout.split()
    names = [rel for rel, _ in tree.files(root, ".h") if rel.split("/")[0] in (*tree.RINGS, "tests")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda rel: compile_alone(root, rel, cc, cflags), names)
        yield from (problem for problem in results if problem)
