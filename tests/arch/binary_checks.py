"""Rules that are checked on symbols, where neither a macro nor a header can hide a call."""
import re
import subprocess

BANNED = set("""
    strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets strtok alloca
    atoi atol atoll atof strtol strtoul strtoll strtoull scanf sscanf fscanf vsscanf
    gmtime localtime ctime asctime rand srand random srandom drand48
    system popen tmpnam tempnam mktemp gethostbyname inet_ntoa inet_addr setenv putenv unsetenv
""".split())
RAW_MEMORY = set("""
    malloc calloc realloc reallocarray free strdup strndup asprintf vasprintf
    aligned_alloc posix_memalign memalign
""".split())
# symbol pattern -> (archive, start of the object's name) that may use it, and why
AT_HOME = [
    (re.compile(r"^(secure_)?getenv$"), [("libswh_app.a", "config.c")], "settings come from one table"),
    (re.compile(r"^sqlite3_"), [("libswh_io.a", "store_")], "SQL belongs to core/io/store_*"),
    (re.compile(r"^PQ[a-z]"), [("libswh_io.a", "store_")], "SQL belongs to core/io/store_*"),
    (re.compile(r"^xml[A-Z]"), [("libswh_twiml.a", "")], "libxml2 is hidden in twiml/"),
    (re.compile(r"^MHD_"), [("libswh_io.a", "")], "libmicrohttpd is hidden in core/io"),
    (re.compile(r"^curl_"), [("libswh_io.a", "")], "libcurl is hidden in core/io"),
]
WRITABLE = re.compile(r"^(\.data(?!\.rel\.ro)|\.bss|\.tdata|\.tbss|\*COM\*)")


def plain(symbol):
    """The name as written in the source: without version, fortify and C99 decoration."""
    symbol = symbol.split("@")[0]
    symbol = re.sub(r"^__isoc(99|23)_", "", symbol)
    m = re.match(r"^__(\w+)_chk$", symbol)
    return m.group(1) if m else symbol


def undefined(archive):
    """(object, symbol) for each symbol that the archive takes from outside an object."""
    out = subprocess.run(["nm", "-A", "-u", archive], check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        m = re.match(r"^(.*?):([^:]*):\s+[Uw]\s+(\S+)$", line)
        if m:
            yield m.group(2), plain(m.group(3))


def name_of(archive):
    return archive.rsplit("/", 1)[-1]


def banned(archives):
    for archive in archives:
        for member, symbol in undefined(archive):
            if symbol in BANNED:
                yield f"{name_of(archive)}:{member}: calls {symbol}"


def raw_memory(archives):
    for archive in archives:
        for member, symbol in undefined(archive):
            home = name_of(archive) == "libswh_base.a" and member.startswith("mem.c")
            if symbol in RAW_MEMORY and not home:
                yield f"{name_of(archive)}:{member}: calls {symbol}: use mem_*"


def libraries_at_home(archives):
    for archive in archives:
        for member, symbol in undefined(archive):
            for pattern, homes, why in AT_HOME:
                at_home = any(name_of(archive) == a and member.startswith(o) for a, o in homes)
                if pattern.match(symbol) and not at_home:
                    yield f"{name_of(archive)}:{member}: uses {symbol}: {why}"


def allowed_globals(path):
    allowed = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            place, _, reason = line.partition(" ")
            allowed[place] = reason.strip()
    return allowed


def globals_and_constructors(archives, allow_file):
    """Everything hangs off one struct, so that a process can hold two gateways."""
    allowed, met = allowed_globals(allow_file), set()
    for archive in archives:
        out = subprocess.run(["objdump", "-h", "-t", archive], check=True, capture_output=True, text=True).stdout
        member = "?"
        for line in out.splitlines():
            m = re.match(r"^(\S+):\s+file format", line)
            if m:
                member = m.group(1)
            if re.match(r"^\s*\d+\s+\.(init_array|ctors)", line):
                yield f"{name_of(archive)}:{member}: has a constructor"
            m = re.match(r"^[0-9a-f]{8,16} (.{7}) (\S+)\t[0-9a-f]+\s+(?:\.hidden )?(\S+)$", line)
            if not m or "d" in m.group(1) or not WRITABLE.match(m.group(2)):
                continue
            place = f"{name_of(archive)}:{member}:{re.sub(r'[.][0-9]+$', '', m.group(3))}"
            met.add(place)
            if place not in allowed:
                yield f"{place}: mutable data in {m.group(2)}"
    for place, reason in allowed.items():
        if not reason:
            yield f"{place}: {allow_file.name} gives no reason"
        if place not in met:
            yield f"{place}: {allow_file.name} allows it but it is gone"
