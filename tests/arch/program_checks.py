"""The program that users run carries the hardening that the build asks for."""
import re
import subprocess


def readelf(program, *options):
    return subprocess.run(["readelf", "-W", *options, program], check=True, capture_output=True, text=True).stdout


def hardening(program):
    header, segments, dynamic = readelf(program, "-h"), readelf(program, "-l"), readelf(program, "-d")
    symbols = readelf(program, "--dyn-syms")
    if not re.search(r"Type:\s+DYN", header):
        yield f"{program}: is not position independent"
    if "GNU_RELRO" not in segments:
        yield f"{program}: has no read-only relocations"
    if "BIND_NOW" not in dynamic and not re.search(r"FLAGS_1.*\bNOW\b", dynamic):
        yield f"{program}: binds symbols lazily"
    stack = re.search(r"GNU_STACK.*?\s(R[W ][E ])\s+0x", segments)
    if not stack or "E" in stack.group(1):
        yield f"{program}: has an executable stack"
    if re.search(r"LOAD.*\sRWE\s", segments):
        yield f"{program}: maps memory that is writable and executable"
    if "__stack_chk_fail" not in symbols:
        yield f"{program}: has no stack protector"
    if not re.search(r"__\w+_chk\b", symbols.replace("__stack_chk_fail", "")):
        yield f"{program}: is built without _FORTIFY_SOURCE"
    if re.search(r"\((RPATH|RUNPATH)\)", dynamic):
        yield f"{program}: searches libraries in a path of the build machine"
