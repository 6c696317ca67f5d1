"""What is measured, part by part. Each yields lines of a table."""
import json
import time
import xml.etree.ElementTree as xml

from measure import CALLBACKS_PER_CALL, median, syncs_per_second

CALLS = 15360      # of one callback sample: 61 440 callbacks
RATE = 5000        # callbacks a second, offered
RATE_CALLS = 6400  # five seconds of them
FLASK_CALLS = 1280
DOCUMENTS = 6400
REPEATED, TIMES = 640, 80
PLACED = 3840
STACK = 10000
AGENT_CALL = "7a4b1c3e-2c78-4d85-b1a4-6eae7dbafb36"
AGENT_LOGIN = ("bench", "bench-0123456789abcdef")
NO_NODE = "left out: the peers in Node are missing, bench/peers/install-deps installs them"


def row(*cells):
    return "| " + " | ".join(str(c) for c in cells) + " |"


def head(*cells):
    return row(*cells) + "\n" + row(*("---" for _ in cells))


def figures(samples):
    """requests per CPU second, requests a second, p50, p99: medians."""
    return (f"{median([s.per_cpu_s for s in samples]):,.0f}", f"{median([s.per_s for s in samples]):,.0f}",
            f"{median([s.p50_ms for s in samples]):.2f}", f"{median([s.p99_ms for s in samples]):.2f}")


def disturbance(b, samples):
    """What strangers did meanwhile; figures of a store mean little without it."""
    others = sorted(s.others for s in samples)
    return (f"\nOther programs used {median(others):.2f} cores ({others[0]:.2f}–{others[-1]:.2f}); the disk gives "
            f"{syncs_per_second(b.work):.0f} fdatasync/s.")


def ratio(reference, samples):
    """How much more CPU a request costs than one of the reference: median over the rounds, and range."""
    r = sorted(a.per_cpu_s / b.per_cpu_s for a, b in zip(reference, samples))
    return f"{median(r):.2f} ({r[0]:.2f}–{r[-1]:.2f})"


def callbacks(b):
    home = b.home("callbacks")
    listing = home / "list"
    total = (2 * CALLS + RATE_CALLS) * b.rounds
    b.seed(home, total, "--list", listing)
    pool, loop = b.null("pool"), b.null("loop")
    gateway = b.gateway(home, SWITCHHOOK_LOG_LEVEL="error")  # each refused callback is a warning
    gateway.wait_ready()
    flask = b.flask(listing, FLASK_CALLS * b.rounds)
    taken = {name: [] for name in ("pool 64", "loop 64", "forged", "gateway 64", "again", "loop 256", "gateway 256",
                                   "rate", "flask")}
    first = 0
    for r in range(b.rounds):
        taken["pool 64"].append(b.load(pool, "status", CALLS * 2, 64, list=listing))
        taken["loop 64"].append(b.load(loop, "status", CALLS * 2, 64, list=listing))
        taken["gateway 64"].append(b.load(gateway, "status", CALLS, 64, list=listing, first=first))
        taken["again"].append(b.load(gateway, "status", CALLS, 64, list=listing, first=first))
        taken["forged"].append(b.load(gateway, "status", CALLS, 64, list=listing, first=first, token="0" * 32,
                                      expect=403))
        taken["loop 256"].append(b.load(loop, "status", CALLS * 2, 256, list=listing))
        taken["gateway 256"].append(b.load(gateway, "status", CALLS, 256, list=listing, first=first + CALLS))
        first += 2 * CALLS
        taken["rate"].append(b.load(gateway, "status", RATE_CALLS, 64, list=listing, first=first, rate=RATE))
        first += RATE_CALLS
        taken["flask"].append(b.load(flask, "status", FLASK_CALLS, 64, list=listing, first=FLASK_CALLS * r))
    yield head("what", "connections", "requests / CPU s", "requests / s", "p50 ms", "p99 ms", "CPU, bare 204 = 1")
    for name, what, n, ref in (("pool 64", "bare 204, two threads", 64, "pool 64"),
                               ("loop 64", "bare 204, one loop", 64, "pool 64"),
                               ("forged", "forged callback, refused", 64, "pool 64"),
                              ("again", "status callback, a duplicate", 64, "pool 64"),
                              ("gateway 64", "status callback", 64, "pool 64"),
                               ("flask", "the same in Flask", 64, "pool 64"),
                               ("loop 256", "bare 204, one loop", 256, "loop 256"),
                               ("gateway 256", "status callback", 256, "loop 256"),
                               ("rate", f"status callback, {RATE}/s offered", 64, "pool 64")):
        yield row(what, n, *figures(taken[name]), ratio(taken[ref], taken[name]))
    yield f"\nFlask needs {ratio(taken['gateway 64'], taken['flask'])} times the CPU of the gateway."
    yield disturbance(b, sum(taken.values(), []))
    events = CALLBACKS_PER_CALL * total
    yield f"Every callback was answered 204: {events:,} state changes, each with its event."
    for s in (pool, loop, gateway, flask):
        s.stop()


def documents(b):
    home = b.home("documents")
    n = DOCUMENTS * b.rounds
    b.seed(home, n, "--list", home / "assistant")
    b.seed(home, n, "--plan", "--list", home / "plan")
    pool, gateway = b.null("pool"), b.gateway(home)
    gateway.wait_ready()
    kinds = ("assistant", "plan")
    taken = {"bare": []} | {k + t: [] for k in kinds for t in (" first", " again")}
    for r in range(b.rounds):
        taken["bare"].append(b.load(pool, "status", DOCUMENTS, 64, list=home / "plan", first=DOCUMENTS * r))
        for k in kinds:
            first = DOCUMENTS * r
            taken[k + " first"].append(b.load(gateway, "answer", DOCUMENTS, 64, list=home / k, first=first))
            last = first + DOCUMENTS - REPEATED
            taken[k + " again"].append(b.load(gateway, "answer", REPEATED, 64, list=home / k, first=last,
                                              repeat=TIMES))
    yield head("what", "connections", "requests / CPU s", "requests / s", "p50 ms", "p99 ms", "CPU, bare 204 = 1")
    for name, what in (("bare", "bare 204, two threads"), ("assistant first", "assistant's document, first"),
                       ("assistant again", "assistant's document, again"), ("plan first", "plan's document, first"),
                       ("plan again", "plan's document, again")):
        yield row(what, 64, *figures(taken[name]), ratio(taken["bare"], taken[name]))
    yield disturbance(b, sum(taken.values(), []))
    pool.stop()
    gateway.stop()


def canonical(document, without=()):
    """An XML document to compare with another: order of attributes and declaration do not matter."""
    root = xml.fromstring(document)
    for element in root.iter():
        for name in without:
            element.attrib.pop(name, None)
    return xml.canonicalize(xml.tostring(root, encoding="unicode"))


def dialects(b):
    """One turn of a conversation in each carrier's language, beside the carriers' own builders."""
    if not b.has_node():
        yield NO_NODE
        return
    names = {"twiml": "twilio-node", "plivo": "plivo-node", "swml": None}
    ours = {n: [] for n in names}
    theirs = {n: [] for n in names if names[n]}
    for _ in range(b.rounds):
        sdk, own = b.node("documents.mjs", "1"), b.dialects(1)
        for n, peer in names.items():
            ours[n].append(own[n]["per_cpu_s"])
            if peer:
                theirs[n].append(sdk[n]["per_cpu_s"])
                # we also say how long keys may pause, which the SDK leaves to the carrier
                same = canonical(own[n]["document"], {"digitEndTimeout"}) == canonical(sdk[n]["document"])
                assert same, f"the documents differ: {own[n]['document']} {sdk[n]['document']}"
    yield head("document", "ours / CPU s", "the carrier's own builder / CPU s", "CPU, ours = 1")
    for n, peer in names.items():
        if not peer:
            yield row(n, f"{median(ours[n]):,.0f}", "", "")
            continue
        r = sorted(o / t for o, t in zip(ours[n], theirs[n]))
        yield row(n, f"{median(ours[n]):,.0f}", f"{peer} {median(theirs[n]):,.0f}",
                  f"{median(r):.1f} ({r[0]:.1f}–{r[-1]:.1f})")


def served(b):
    """The same answer document over HTTP: the gateway, and Fastify with Twilio's SDK."""
    if not b.has_node():
        yield NO_NODE
        return
    home = b.home("served")
    n = DOCUMENTS * b.rounds
    b.seed(home, n, "--plan", "--list", home / "plan")
    gateway, plain, verified = b.gateway(home), b.fastify(False), b.fastify(True)
    gateway.wait_ready()
    taken = {name: [] for name in ("gateway first", "gateway again", "fastify", "fastify verified")}
    for r in range(b.rounds):
        first = DOCUMENTS * r
        load = {"list": home / "plan", "first": first}
        taken["gateway first"].append(b.load(gateway, "answer", DOCUMENTS, 64, **load))
        load["first"] = first + DOCUMENTS - REPEATED
        taken["gateway again"].append(b.load(gateway, "answer", REPEATED, 64, repeat=TIMES, **load))
        taken["fastify"].append(b.load(plain, "answer", REPEATED, 64, repeat=TIMES // 4, **load))
        taken["fastify verified"].append(b.load(verified, "answer", REPEATED, 64, repeat=TIMES // 4, **load))
    yield head("what", "requests / CPU s", "requests / s", "p50 ms", "p99 ms", "CPU, gateway again = 1")
    for name, what in (("gateway again", "gateway: verified, from memory"),
                       ("gateway first", "gateway: verified, made and kept durably"),
                       ("fastify", "Fastify and twilio-node: made, nothing verified"),
                       ("fastify verified", "Fastify and twilio-node: verified, made")):
        yield row(what, *figures(taken[name]), ratio(taken["gateway again"], taken[name]))
    yield disturbance(b, sum(taken.values(), []))
    for s in (gateway, plain, verified):
        s.stop()


def agent(b):
    """A carrier's agent: its document and a function call over HTTP, beside SignalWire's own Python SDK."""
    if not b.python():
        yield "left out: SignalWire's SDK is missing, bench/peers/install-deps installs it"
        return
    gateway = b.gateway(b.directory("agent"), SWML_BASIC_AUTH_USER=AGENT_LOGIN[0],
                        SWML_BASIC_AUTH_PASSWORD=AGENT_LOGIN[1], SWITCHHOOK_LOG_LEVEL="error")
    sdk = b.sdk_agent()
    gateway.wait_ready()
    sides = {"gateway": (gateway, "/swml/payment-agent", 25600), "sdk": (sdk, "/", 640)}
    taken = {(what, side): [] for what in ("document", "function") for side in sides}
    for _ in range(b.rounds):
        for side, (server, path, n) in sides.items():
            file, document = b.request(server, path, {"call": {"call_id": AGENT_CALL}}, AGENT_LOGIN)
            taken["document", side].append(b.load(server, "raw", n, 64, list=file))
            ai = next(v["ai"] for v in document["sections"]["main"] if "ai" in v)
            consent = next(f for f in ai["SWAIG"]["functions"] if f["function"] == "handle_consent")
            url = consent["web_hook_url"].split("://", 1)[1].split("/", 1)[1]
            arguments = {"consent_given": "no"}
            call = {"function": "handle_consent", "call_id": AGENT_CALL,
                    "argument": {"parsed": [arguments], "raw": json.dumps(arguments)}}
            file, reply = b.request(server, "/" + url, call, AGENT_LOGIN)
            assert "recorded" in reply["response"], reply
            taken["function", side].append(b.load(server, "raw", n, 64, list=file))
    direct = [b.agent_documents(1) for _ in range(b.rounds)]
    r = sorted(o / t for o, t in direct)
    yield head("without HTTP", "gateway / CPU s", "Python SDK / CPU s", "CPU, gateway = 1")
    yield row("the agent's document, with fresh tokens", f"{median([d[0] for d in direct]):,.0f}",
              f"{median([d[1] for d in direct]):,.0f}", f"{median(r):.0f} ({r[0]:.0f}–{r[-1]:.0f})")
    yield ""
    yield head("over HTTP, 64 connections", "side", "requests / CPU s", "requests / s", "p50 ms", "p99 ms",
               "CPU, gateway = 1")
    for what, text in (("document", "the agent's document, with fresh tokens"),
                       ("function", "a function call, its token checked")):
        for side in sides:
            yield row(text, side, *figures(taken[what, side]), ratio(taken[what, "gateway"], taken[what, side]))
    yield disturbance(b, sum(taken.values(), []))
    for s in (gateway, sdk):
        s.stop()


def queued(gateway):
    return len(json.loads(gateway.get("/api/calls?status=queued&limit=1")[1])["items"])


def placing(b):
    """Calls handed to a carrier in another process, in which they ring for hours."""
    samples = []
    for r in range(b.rounds):
        home = b.directory(f"placing{r}")
        carrier = b.carrier(0.001)
        gateway = b.gateway(home, TWILIO_API_BASE_URL=f"http://127.0.0.1:{carrier.port}",
                            PUBLIC_BASE_URL="http://127.0.0.1:PORT")
        gateway.wait_ready()
        cpu, began = gateway.cpu(), time.monotonic()
        accepted = b.load(gateway, "place", PLACED, 16)
        while queued(gateway):
            time.sleep(0.02)
        samples.append((PLACED / (gateway.cpu() - cpu), PLACED / (time.monotonic() - began), accepted.per_s,
                        accepted.p99_ms))
        gateway.stop()
        carrier.stop()
    yield head("calls placed / CPU s", "placed / s", "accepted by the API / s", "p99 of the API ms")
    yield row(*(f"{median([s[i] for s in samples]):,.1f}" for i in range(4)))


def memory(b):
    yield head("what", "figure")
    g = b.gateway(b.directory("idle"))
    g.wait_ready()
    time.sleep(1)
    yield row("idle, MiB resident", f"{g.memory():.1f}")
    g.stop()
    home = b.home("open")
    b.seed(home, 10000 + 6400, "--list", home / "list")
    g = b.gateway(home)
    g.wait_ready()
    b.load(g, "answer", 6400, 64, list=home / "list", first=10000)
    b.load(g, "status", 6400, 64, list=home / "list", first=10000)
    yield row("10,000 open calls, after 6,400 whole calls, MiB resident", f"{g.memory():.1f}")
    yield row("the most it ever was, MiB", f"{g.memory('VmHWM'):.1f}")
    g.stop()
    home = b.home("start")
    b.seed(home, 99000, "--ended")
    b.seed(home, 1000)
    times = []
    for _ in range(max(5, b.rounds)):
        g = b.gateway(home)
        times.append(g.wait_ready() * 1000)
        g.stop()
    yield row("start with 100,000 stored calls, ms to the first 200 of /readyz", f"{median(times):.0f} "
              f"({min(times):.0f}–{max(times):.0f})")


def ended_calls(gateway):
    calls = json.loads(gateway.get("/api/summary")[1])["calls"]
    return {k: calls[k] for k in ("completed", "busy", "no_answer", "failed", "canceled")}, calls["duration_s"]


def stack(b):
    """Whole calls: API, placing, carrier, webhooks, conversation, end."""
    home = b.directory("stack")
    g = b.mock_gateway(home, 0)
    g.wait_ready()
    cpu, began = g.cpu(), time.monotonic()
    b.load(g, "place", STACK, 16)
    accepted = time.monotonic() - began
    last, changed = None, time.monotonic()
    while time.monotonic() - changed < 30:
        ended, talked_s = ended_calls(g)
        if ended != last:
            last, changed = ended, time.monotonic()
        if sum(ended.values()) == STACK:
            break
        time.sleep(0.1)
    took = time.monotonic() - began
    yield head("what", "figure")
    yield row("calls placed through the API", f"{STACK:,}")
    yield row("how they ended", ", ".join(f"{v:,} {k}" for k, v in sorted(last.items()) if v))
    yield row("simulated seconds of talk, mean", f"{talked_s / STACK:.0f}")
    yield row("seconds, until all were accepted", f"{accepted:.1f}")
    yield row("seconds, until all were over", f"{took:.1f}")
    yield row("CPU ms a call, gateway and carrier together", f"{(g.cpu() - cpu) * 1000 / STACK:.2f}")
    yield row("MiB resident at most", f"{g.memory('VmHWM'):.1f}")
    g.stop()


def growth(b):
    """The same callbacks among few and among many stored calls."""
    sizes = (1000, 1000000)
    gateways, taken = {}, {}
    fresh = (CALLS + RATE_CALLS) * b.rounds
    for n in sizes:
        home = b.home(f"stored{n}")
        b.seed(home, n, "--ended")
        b.seed(home, fresh, "--list", home / "list")
        gateways[n] = b.gateway(home)
        taken[n] = [gateways[n].wait_ready() * 1000], [], []
    for r in range(b.rounds):
        for n in sizes:
            first = (CALLS + RATE_CALLS) * r
            listing = b.work / f"stored{n}/list"
            taken[n][1].append(b.load(gateways[n], "status", CALLS, 64, list=listing, first=first))
            taken[n][2].append(b.load(gateways[n], "status", RATE_CALLS, 64, list=listing, first=first + CALLS,
                                      rate=RATE))
    yield head("stored calls", "start ms", "callbacks / CPU s", "callbacks / s", "p50 ms", "p99 ms",
               f"p50 ms at {RATE}/s", f"p99 ms at {RATE}/s")
    for n in sizes:
        yield row(f"{n:,}", f"{taken[n][0][0]:.0f}", *figures(taken[n][1]), *figures(taken[n][2])[2:])
        gateways[n].stop()
    yield disturbance(b, sum((taken[n][1] + taken[n][2] for n in sizes), []))


ALL = {"callbacks": callbacks, "documents": documents, "dialects": dialects, "served": served, "agent": agent,
       "placing": placing, "memory": memory, "stack": stack, "growth": growth}
