"""Starting what is measured, loading it, and reading what that cost."""
import base64
import http.client
import json
import os
import pathlib
import platform
import resource
import shutil
import socket
import statistics
import subprocess
import time

ACCOUNT = "AC0123456789abcdef0123456789abcdef"  # made up, as is the token
TOKEN = "12345678901234567890123456789012"
API_TOKEN = "bench-0123456789abcdef"
TICKS = os.sysconf("SC_CLK_TCK")
CALLBACKS_PER_CALL = 4

_running = []


def build(root, directory):
    targets = ["switchhook", "bench_seed", "bench_load", "bench_null", "bench_dialects", "store_bench"]
    subprocess.run(["cmake", "--preset", directory.name], cwd=root, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", directory, "--target", *targets], check=True, stdout=subprocess.DEVNULL)


def stop_all():
    for server in list(_running):
        server.stop()


def machine(work):
    with open("/proc/cpuinfo", encoding="ascii") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "?")
    return (f"{time.strftime('%Y-%m-%d', time.gmtime())}, {os.cpu_count()} cores ({model}), "
            f"Linux {platform.release().split('-')[0]}, {syncs_per_second(work):.0f} fdatasync/s, "
            f"load {os.getloadavg()[0]:.1f}")


def syncs_per_second(work):
    """How fast the disk is just now: figures of a store mean little without it."""
    path = work / "probe"
    fd = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    n, end = 0, time.monotonic() + 0.5
    while time.monotonic() < end:
        os.write(fd, b"x" * 4096)
        os.fdatasync(fd)
        n += 1
    os.close(fd)
    path.unlink()
    return n / 0.5


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def median(values):
    return statistics.median(values)


class Server:
    """A process with its children, on a port."""

    def __init__(self, command, port, env=None, cwd=None, log=None):
        self.port = port
        self.log = log
        self.began = time.monotonic()
        with open(log or os.devnull, "ab") as err:
            self.process = subprocess.Popen(command, env=env, cwd=cwd, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=err)
        _running.append(self)

    def pids(self):
        found = [self.process.pid]
        for pid in found:
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(p) for p in children.read_text().split()]
        return found

    def cpu(self):
        """Seconds of CPU time so far, user and system, of the whole tree."""
        ticks = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def memory(self, name="VmRSS"):
        """MiB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
        return 0

    def get(self, path):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        c.request("GET", path, headers={"Authorization": "Bearer " + API_TOKEN})
        r = c.getresponse()
        body = r.read()
        c.close()
        return r.status, body

    def wait_ready(self, path="/readyz", status=200, seconds=20):
        """Seconds from the start of the process until the path first answers so."""
        while time.monotonic() - self.began < seconds:
            if self.process.poll() is not None:
                break
            try:
                if self.get(path)[0] == status:
                    return time.monotonic() - self.began
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.0005)
        said = pathlib.Path(self.log).read_text() if self.log else ""
        raise SystemExit(f"a server did not start: {said.strip()[-500:]}")

    def stop(self):
        if self in _running:
            _running.remove(self)
            self.process.stdin.close()
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()


def machine_cpu():
    """Seconds of CPU time that the whole machine has spent so far."""
    with open("/proc/stat", encoding="ascii") as f:
        user, nice, system, _idle, _wait, irq, softirq, steal = (int(n) for n in f.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


class Sample:
    """One load: what the server spent, and what its client saw."""

    def __init__(self, answers, cpu, others):
        self.requests = answers["answered"]
        self.cpu = cpu
        self.others = others  # cores that strangers used meanwhile
        self.seconds = answers["seconds"]
        self.p50_ms = answers["p50_us"] / 1000
        self.p99_ms = answers["p99_us"] / 1000
        self.per_cpu_s = self.requests / cpu if cpu else 0
        self.per_s = self.requests / self.seconds


class Bench:
    def __init__(self, root, build_dir, work, rounds):
        self.root, self.build, self.work, self.rounds = root, build_dir, work, rounds

    def directory(self, name):
        path = self.work / name
        path.mkdir()
        return path

    # ---- servers ---------------------------------------------------------------------------------

    def null(self, kind):
        s = Server([self.build / "bench/bench_null", kind], 0)
        s.port = int(s.process.stdout.readline())
        return s

    def gateway(self, home, **settings):
        port = free_port()
        env = {"PATH": os.environ["PATH"], "TELEPHONY_PROVIDER": "twilio", "TELEPHONY_CALLS_PER_SECOND": "0",
               "TWILIO_ACCOUNT_SID": ACCOUNT,
               "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_PHONE_NUMBER": "+12025550199",
               "PUBLIC_BASE_URL": "https://gw.example.com", "SWITCHHOOK_API_TOKEN": API_TOKEN, "SWITCHHOOK_LISTEN": f"127.0.0.1:{port}",
               "SWITCHHOOK_DATA_DIR": str(home), "SWITCHHOOK_LOG_LEVEL": "warn",
               "SWITCHHOOK_ASSISTANTS_DIR": str(self.root / "assistants")}
        env.update(settings)
        return Server([self.build / "switchhook", "serve"], port, cwd=home, log=home / "log",
                      env={k: v.replace("PORT", str(port)) for k, v in env.items() if v is not None})

    def mock_gateway(self, home, speed):
        return self.gateway(home, TELEPHONY_PROVIDER="mock", MOCK_SPEED=str(speed), PUBLIC_BASE_URL=None, SWITCHHOOK_API_TOKEN=None,
                            TWILIO_ACCOUNT_SID=None, TWILIO_AUTH_TOKEN=None, TWILIO_PHONE_NUMBER=None)

    def carrier(self, speed):
        port = free_port()
        env = {"PATH": os.environ["PATH"], "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN,
               "TWILIO_PHONE_NUMBER": "+12025550199", "MOCK_SPEED": str(speed)}
        s = Server([self.build / "switchhook", "carrier", "--dialect", "twilio", "--port", str(port)], port,
                   env=env, cwd=self.work)
        if not s.process.stdout.readline():
            raise SystemExit("the carrier in a box did not start")
        return s

    def flask(self, listing, calls):
        home = self.directory("flask")
        port = free_port()
        env = {"PATH": os.environ["PATH"], "PEER_DATABASE": str(home / "peer.db"), "PYTHONDONTWRITEBYTECODE": "1"}
        peers = self.root / "bench/peers"
        subprocess.run(["/usr/bin/python3", "flask_app.py", listing, str(calls)], cwd=peers, env=env, check=True)
        s = Server(["/usr/bin/gunicorn", "--workers", "2", "--threads", "4", "--keep-alive", "75", "--bind",
                    f"127.0.0.1:{port}", "--log-level", "warning", "flask_app:app"], port, env=env, cwd=peers,
                   log=home / "log")
        s.wait_ready("/", 404)
        time.sleep(1) # both workers are up, and have done with importing
        return s

    def has_node(self):
        return shutil.which("node") and (self.root / "bench/peers/node/node_modules").is_dir()

    def node(self, script, *arguments):
        """What a script of the Node peers prints, as JSON."""
        done = subprocess.run(["node", script, *arguments], cwd=self.root / "bench/peers/node", capture_output=True,
                              text=True, check=True)
        return json.loads(done.stdout)

    def fastify(self, verify):
        env = {"PATH": os.environ["PATH"], "PEER_VERIFY": "1" if verify else "0", "PEER_TOKEN": TOKEN}
        s = Server(["node", "fastify_app.mjs"], 0, env=env, cwd=self.root / "bench/peers/node")
        s.port = int(s.process.stdout.readline())
        return s

    def python(self):
        """Where SignalWire's Python SDK is installed; None when it is not."""
        python = self.root / "build/bench-python/bin/python"
        return python if python.exists() else None

    def sdk_agent(self):
        s = Server([self.python(), self.root / "bench/peers/python/agent.py",
                    self.root / "assistants/payment-agent.json"], 0, cwd=self.work, log=self.work / "sdk-agent")
        s.port = int(s.process.stdout.readline())
        return s

    def agent_documents(self, seconds):
        """Documents of a carrier's agent a CPU second: ours, and those of SignalWire's SDK."""
        assistant = self.root / "assistants/payment-agent.json"
        ours = subprocess.run([self.build / "bench/bench_dialects", str(seconds), assistant], capture_output=True,
                              check=True)
        theirs = subprocess.run([self.python(), self.root / "bench/peers/python/agent.py", assistant, str(seconds)],
                                capture_output=True, check=True)
        return json.loads(ours.stdout)["per_cpu_s"], float(theirs.stdout)

    def request(self, server, path, body, login):
        """A POST of JSON as its bytes in a file, and the server's reply to it."""
        text = json.dumps(body)
        headers = {"Host": "gw.example.com", "Content-Type": "application/json", "Content-Length": str(len(text)),
                   "Authorization": "Basic " + base64.b64encode(":".join(login).encode()).decode()}
        c = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        c.request("POST", path, text, headers)
        reply = c.getresponse()
        document = json.loads(reply.read())
        c.close()
        file = self.work / "request"
        lines = [f"POST {path} HTTP/1.1"] + [f"{k}: {v}" for k, v in headers.items()]
        file.write_text("\r\n".join(lines) + "\r\n\r\n" + text, encoding="ascii")
        return file, document

    def dialects(self, seconds):
        done = subprocess.run([self.build / "bench/bench_dialects", str(seconds)], capture_output=True, text=True,
                              check=True)
        return json.loads(done.stdout)

    # ---- data and load ---------------------------------------------------------------------------

    def home(self, name):
        """A data directory with an empty database and its key, as the first start leaves it."""
        home = self.directory(name)
        g = self.gateway(home)
        g.wait_ready()
        g.stop()
        return home

    def seed(self, home, calls, *options):
        subprocess.run([self.build / "bench/bench_seed", home / "switchhook.db", str(calls), *options], check=True)

    def load(self, server, kind, calls, connections, **options):
        command = [self.build / "bench/bench_load", kind, "--port", str(server.port), "--calls", str(calls),
                   "--connections", str(connections)]
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        before, all_before, began = server.cpu(), machine_cpu(), time.monotonic()
        generator = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        cpu = server.cpu() - before
        ours = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours = ours.ru_utime + ours.ru_stime - generator.ru_utime - generator.ru_stime
        others = (machine_cpu() - all_before - cpu - ours) / (time.monotonic() - began)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
        return Sample(json.loads(done.stdout), cpu, max(others, 0))
