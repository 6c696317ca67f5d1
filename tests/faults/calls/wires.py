"""What the carriers' wires have in common for a test, and what each has for itself.

A wire says how a gateway is set up for it, how the carrier's calls are listed, and (for the Exchange,
which is a carrier without a life of its own) how calls are created, looked up and told of.
"""
import base64
import email.utils
import hashlib
import hmac
import http.server
import json
import re
import threading
import time
import urllib.parse
import uuid

FORM = "application/x-www-form-urlencoded"


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def mac(algorithm, key, text):
    return hmac.new(key.encode(), text.encode(), algorithm).digest()


def sign(token, url, fields):
    """Twilio docs, "Validating requests": the URL, then each parameter's name and value in the
    order of the names, HMAC-SHA1, base64."""
    pairs = sorted(set(fields.items() if isinstance(fields, dict) else fields))
    text = url + "".join(name + value for name, value in pairs)
    return base64.b64encode(mac(hashlib.sha1, token, text)).decode()


# A request that creates a call names its destination; no other one does.
DESTINATION = re.compile(rb'(?:^|&)To=(?:\+|%2B)?(\d+)|"to"\s*:\s*"\+?(\d+)"')


def destination(method, body):
    """E.164 of the call that this request creates; None for any other request."""
    found = DESTINATION.search(body) if method == "POST" else None
    return "+" + (found[1] or found[2]).decode() if found else None


class Wire:
    """dialect: the word for `switchhook carrier`; create_path: how that of a create request ends."""

    name = dialect = create_path = ""
    token = "7" * 32
    key = "8" * 32  # signs webhooks, where the token does not
    # the words of a call's callbacks, and the event that each of them leads to
    story = {"initiated": "call.dialing", "ringing": "call.ringing", "in-progress": "call.answered",
             "completed": "call.completed"}

    def settings(self, carrier):
        """Of a gateway in front of that carrier."""
        raise NotImplementedError

    def lists(self, carrier, to):
        """[(path, name of the array)] that hold every call to that number, the open ones first."""
        raise NotImplementedError

    def call_of(self, item):
        """(id, to, is over) of one item of a list; to None: it was filtered by it."""
        raise NotImplementedError


class Laml(Wire):
    """Twilio's API, and SignalWire's of the same shape."""

    account = "AC" + "5" * 32
    prefix, create_path, signature = "", "/Calls.json", "X-Twilio-Signature"

    def lists(self, carrier, to):
        query = urllib.parse.urlencode({"To": to, "PageSize": "1000"})
        return [(f"{self.prefix}/2010-04-01/Accounts/{carrier.account}/Calls.json?{query}", "calls")]

    def call_of(self, item):
        return item["sid"], item["to"], item["status"] in (
            "completed", "failed", "busy", "no-answer", "canceled")

    def sid(self, number):
        return f"CA{number:032x}"

    def take(self, body):
        form = dict(urllib.parse.parse_qsl(body.decode()))
        return form["To"], form["From"], {"answer": form["Url"], "status": form["StatusCallback"]}

    def resource(self, leg, status="queued"):
        return {"sid": leg.sid, "account_sid": self.account, "to": leg.to, "from": leg.caller,
                "status": status, "direction": "outbound-api",
                "date_created": email.utils.formatdate(leg.created), "duration": None}

    def created(self, leg):
        return 201, self.resource(leg)

    def listed(self, legs, query):
        return {"calls": [self.resource(leg) for leg in legs]}

    def looked_up(self, leg, query):
        return 200, self.resource(leg)

    def ended(self, leg):
        return 200, self.resource(leg, "completed")

    def fields(self, leg, word, number):
        """Twilio docs, Call resource: parameters of a StatusCallback."""
        fields = {"AccountSid": self.account, "CallSid": leg.sid, "CallStatus": word,
                  "To": leg.to, "From": leg.caller, "Direction": "outbound-api",
                  "ApiVersion": "2010-04-01", "CallbackSource": "call-progress-events",
                  "SequenceNumber": str(number)}
        return {**fields, "CallDuration": "42"} if word == "completed" else fields

    def signed(self, url, fields):
        """Headers of a form."""
        return {"Content-Type": FORM, self.signature: sign(self.signer, url, fields)}

    def callback(self, base, leg, word, number):
        """(path, headers, body) of a signed callback."""
        fields = self.fields(leg, word, number)
        path = path_of(leg.urls["status"])
        return path, self.signed(base + path, fields), urllib.parse.urlencode(fields)


class Twilio(Laml):
    name = dialect = "twilio"
    signer = Wire.token

    def settings(self, carrier):
        return {"TELEPHONY_PROVIDER": "twilio", "TWILIO_ACCOUNT_SID": carrier.account,
                "TWILIO_AUTH_TOKEN": carrier.token, "TWILIO_PHONE_NUMBER": carrier.number,
                "TWILIO_API_BASE_URL": carrier.base_url}


def signalwire_settings(carrier, mode):
    return {"TELEPHONY_PROVIDER": "signalwire", "SIGNALWIRE_MODE": mode, "SIGNALWIRE_SPACE": "example",
            "SIGNALWIRE_PROJECT_ID": carrier.account, "SIGNALWIRE_API_TOKEN": carrier.token,
            "SIGNALWIRE_SIGNING_KEY": carrier.key, "SIGNALWIRE_PHONE_NUMBER": carrier.number,
            "SIGNALWIRE_API_BASE_URL": carrier.base_url}


class SignalWireCompat(Laml):
    name, dialect = "signalwire-compat", "signalwire"
    prefix, signature, signer = "/api/laml", "X-SignalWire-Signature", Wire.key
    account = str(uuid.UUID(int=5 << 60))

    def settings(self, carrier):
        return signalwire_settings(carrier, "compat")

    def sid(self, number):
        return str(uuid.UUID(int=(7 << 100) + number))


class Plivo(Wire):
    name = dialect = "plivo"
    account, create_path = "MA" + "5" * 18, "/Call/"
    story = {"Ring": "call.ringing", "StartApp": "call.answered", "Hangup": "call.completed"}

    def settings(self, carrier):
        return {"TELEPHONY_PROVIDER": "plivo", "PLIVO_AUTH_ID": carrier.account,
                "PLIVO_AUTH_TOKEN": carrier.token, "PLIVO_PHONE_NUMBER": carrier.number,
                "PLIVO_API_BASE_URL": carrier.base_url}

    def lists(self, carrier, to):
        calls = f"/v1/Account/{carrier.account}/Call/"
        return [(f"{calls}?status=live&to_number={to[1:]}", "calls"),
                (f"{calls}?limit=20&to_number={to[1:]}", "objects")]

    def call_of(self, item):
        if isinstance(item, str):
            return item, None, False
        return item["call_uuid"], None, "hangup_cause_code" in item

    def sid(self, number):
        return str(uuid.UUID(int=(9 << 100) + number))

    def take(self, body):
        q = json.loads(body)
        return "+" + q["to"], "+" + q["from"], {
            "answer": q["answer_url"], "Ring": q["ring_url"], "StartApp": q["answer_url"],
            "Hangup": q["hangup_url"]}

    def created(self, leg):
        return 201, {"api_id": leg.sid, "message": "call fired", "request_uuid": leg.sid}

    def listed(self, legs, query):
        if "status=queued" in query:
            return {"api_id": "x", "calls": []}
        if "status=live" in query:
            return {"api_id": "x", "calls": [leg.sid for leg in legs]}
        return {"api_id": "x", "meta": {"next": None}, "objects": []}

    def looked_up(self, leg, query):
        if "status=live" not in query:
            return 404, {"api_id": "x", "error": "call not found"}
        return 200, {"api_id": "x", "call_uuid": leg.sid, "request_uuid": leg.sid, "to": leg.to[1:],
                     "from": leg.caller[1:], "call_status": "initiated", "direction": "outbound",
                     "session_start": utc(leg.created)}

    def ended(self, leg):
        return 204, None

    def callback(self, base, leg, word, number):
        """Plivo docs, "Request to your server" and "Signature validation" (V3)."""
        fields = {"CallUUID": leg.sid, "RequestUUID": leg.sid, "To": leg.to[1:],
                  "From": leg.caller[1:], "Direction": "outbound", "Event": word,
                  "SessionStart": utc(leg.created),
                  "CallStatus": {"Ring": "ringing", "StartApp": "in-progress", "Hangup": "completed"}[word]}
        if word == "Hangup":
            fields |= {"Duration": "42", "HangupCauseCode": "4000", "HangupCause": "NORMAL_CLEARING",
                       "AnswerTime": utc(leg.created), "StartTime": utc(leg.created),
                       "EndTime": utc(leg.created + 42)}
        path = path_of(leg.urls[word])
        return path, self.signed(base + path, fields), urllib.parse.urlencode(fields)

    def signed(self, url, fields, nonce=None):
        """Headers of a form with fields: version 3, over the sorted query and the sorted fields."""
        nonce = nonce or str(uuid.uuid4().int % 10**20)
        address, _, query = url.partition("?")
        query = "&".join(f"{k}={v}" for k, v in sorted(urllib.parse.parse_qsl(query, True)))
        text = address + "?" + (query + "." if query else "") + "".join(
            k + v for k, v in sorted(fields.items())) + "." + nonce
        return {"Content-Type": FORM, "X-Plivo-Signature-V3-Nonce": nonce,
                "X-Plivo-Signature-V3": self.mac(text)}

    def signed_v2(self, url, nonce):
        """What may stand beside it: version 2 covers neither query nor fields."""
        return {"X-Plivo-Signature-V2-Nonce": nonce,
                "X-Plivo-Signature-V2": self.mac(url.partition("?")[0] + nonce)}

    def mac(self, text):
        return base64.b64encode(mac(hashlib.sha256, self.token, text)).decode()


class SignalWire(Wire):
    name = dialect = "signalwire"
    account, create_path = SignalWireCompat.account, "/api/calling/calls"
    story = {"created": "call.dialing", "ringing": "call.ringing", "answered": "call.answered",
             "ended": "call.completed"}

    def settings(self, carrier):
        return signalwire_settings(carrier, "native")

    def lists(self, carrier, to):
        return [("/api/voice/logs?page_size=1000", "data")]

    def call_of(self, item):
        return item["id"], item["to"], item["status"] in (
            "completed", "ended", "failed", "busy", "no-answer", "canceled")

    sid = SignalWireCompat.sid

    def take(self, body):
        q = json.loads(body)["params"]
        return q["to"], q["from"], {"status": q["status_url"]}

    def resource(self, leg, status="queued"):
        return {"id": leg.sid, "project_id": self.account, "to": leg.to, "from": leg.caller,
                "direction": "outbound-api", "status": status, "duration": 0,
                "created_at": utc(leg.created).replace(" ", "T") + "Z"}

    def created(self, leg):
        return 200, self.resource(leg)

    def listed(self, legs, query):
        return {"links": {}, "data": [self.resource(leg) for leg in reversed(legs)]}

    def looked_up(self, leg, query):
        return 200, self.resource(leg)

    def ended(self, leg):
        return 200, self.resource(leg, "ended")

    def callback(self, base, leg, word, number):
        """SignalWire docs: calling.call.state; the credentials are those of the address."""
        at = int(leg.created * 1000)
        params = {"call_id": leg.sid, "call_state": word, "direction": "outbound",
                  "device": {"type": "phone", "params": {"to_number": leg.to, "from_number": leg.caller}},
                  "start_time": at}
        if word in ("answered", "ended"):
            params["answer_time"] = at
        if word == "ended":
            params |= {"end_time": at + 42000, "end_reason": "hangup"}
        url = urllib.parse.urlsplit(leg.urls["status"])
        body = json.dumps({"event_type": "calling.call.state", "timestamp": at / 1000,
                           "project_id": self.account, "params": params})
        return path_of(leg.urls["status"]), {
            "Content-Type": "application/json", "Authorization": basic(url.username, url.password)}, body


WIRES = {w.name: w for w in (Twilio(), Plivo(), SignalWire(), SignalWireCompat())}


def path_of(url):
    """Without what is not sent: credentials and the fragment."""
    u = urllib.parse.urlsplit(url)
    return u.path + ("?" + u.query if u.query else "")


def utc(seconds):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))


class Leg:
    """One call as the Exchange got it."""

    def __init__(self, wire, number, body):
        self.wire, self.sid, self.created = wire, wire.sid(number), time.time()
        self.body = body
        self.to, self.caller, self.urls = wire.take(body)

    @property
    def answer_path(self):
        return path_of(self.urls["answer"])

    @property
    def status_path(self):
        return path_of(self.urls["status"])

    def status(self, word, number):
        return self.wire.fields(self, word, number)


class Server:
    """An HTTP server on a thread of its own; handle(handler, body) answers a request."""

    def __init__(self, handle, port=0):
        class Handler(http.server.BaseHTTPRequestHandler):
            def reply(self, status, body=b"", headers=()):
                if not isinstance(body, bytes):
                    body, headers = json.dumps(body).encode(), [("Content-Type", "application/json"), *headers]
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def any(self):
                handle(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            do_GET = do_POST = do_DELETE = do_PUT = any

            def log_message(self, *_):
                pass

        class Threads(http.server.ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # a gateway that was killed does not read its replies

        self.server = Threads(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        self.base_url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Exchange(Server):
    """A carrier that takes calls and then does nothing with them: the test sends the callbacks."""

    token, key, number = Wire.token, Wire.key, "+12025550199"

    def __init__(self, create=None, wire=WIRES["twilio"]):
        """create(leg, handler) may answer the request itself, and then returns true."""
        self.legs, self.create, self.wire, self.account = [], create, wire, wire.account
        super().__init__(self.handle)

    def handle(self, handler, body):
        path, _, query = handler.path.partition("?")
        if destination(handler.command, body):
            leg = Leg(self.wire, len(self.legs) + 1, body)
            self.legs.append(leg)
            if not (self.create and self.create(leg, handler)):
                handler.reply(*self.wire.created(leg))
            return
        leg = next((leg for leg in self.legs if leg.sid in handler.path or leg.sid.encode() in body), None)
        if handler.command != "GET":
            handler.reply(*self.wire.ended(leg))
        elif leg:
            handler.reply(*self.wire.looked_up(leg, query))
        else:
            handler.reply(200, self.wire.listed(self.legs, query))
