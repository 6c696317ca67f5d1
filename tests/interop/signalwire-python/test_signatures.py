"""The SDK's validator of webhooks: beside the box that signs them and the gateway that verifies."""

import base64
import hashlib
import hmac
import json
import random
import unittest
from urllib.parse import quote_plus, urlsplit

from harness import BASE, KEY, PROJECT, Application, Carrier, Gateway, swml
from signalwire.core.security import webhook_validator
from signalwire.rest import RestClient

ROUNDS = 10000
CALL_ID = "7a4b1c3e-2c78-4d85-b1a4-6eae7dbafb36"
HOOK = "/voice/signalwire/call_0000000000001/0123456789abcdef0123456789abcdef/"
PARTS = ["1", "busy", "ü", "你好", "😀", " ", "&", "=", "+", "%", "#", "?", "/", ".", "", ":", "~", "'", '"', "*", "\t"]
# None that the gateway reads: those must not say two things.
NAMES = ["Country", "Via", "Tag", "a", "b", "A", "z", "X-PH-key", "_x", "a.b"]


def digest(message, hash=hashlib.sha1):
    return hmac.new(KEY.encode(), message.encode("utf-8"), hash)


def text(rng, most=4):
    return "".join(rng.choice(PARTS) for _ in range(rng.randint(1, most)))


def pairs(rng, most):
    return [(rng.choice(NAMES), text(rng)) for _ in range(rng.randrange(most))]


def encode(fields):
    return "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in fields)


def bend(rng, s):
    """One character more, less or other."""
    at, other = rng.randint(0, len(s)), rng.choice("abcxyz019&=+%.-")
    return rng.choice([s[:at] + other + s[at + 1 :], s[:at] + s[at + 1 :], s[:at] + other + s[at:]])


def is_json(s):
    try:
        return isinstance(json.loads(s), dict)
    except ValueError:
        return False


def is_form(s):
    """As the gateway reads one: every field has a name and a '='."""

    def whole(part):
        codes = part.split("%")[1:]
        return all(len(c) >= 2 and set(c[:2].lower()) <= set("0123456789abcdef") for c in codes) and ";" not in part

    return all("=" in p[1:] and whole(p) for p in s.split("&"))


def accepts(validate, signature, url, body):
    return validate(KEY, signature, url, body)


class BoxTest(unittest.TestCase):
    def test_the_sdk_accepts_each_fetch_and_refuses_each_change_of_it(self):
        carrier, app = Carrier("--speed", "0", "--seed", "7"), Application()
        self.addCleanup(carrier.stop)
        self.addCleanup(app.stop)
        app.pages["/answer"] = lambda _: swml({"transfer": {"dest": app.url("/next?a=1&b=x%20y")}})
        app.pages["/next"] = lambda _: swml({"hangup": {}})
        sdk = RestClient(project=carrier.account, token=carrier.token, host=carrier.host)
        call = sdk.calling.dial(
            from_=carrier.number, to="+12025550100", url=app.url("/answer"), status_url=app.url("/state")
        )["id"]
        app.until_ended(call)
        for path in ("/answer", "/next"):
            (fetch,) = app.fetches(path, call)
            for name, validate in (
                ("X-SignalWire-Signature", webhook_validator.validate_webhook_signature),
                ("X-SignalWire-SHA256-Signature", webhook_validator.validate_webhook_signature_sha256),
            ):
                signature = fetch.headers[name]
                self.assertTrue(validate(carrier.signing_key, signature, fetch.url, fetch.body))
                self.assertFalse(validate(carrier.token, signature, fetch.url, fetch.body))
                self.assertFalse(validate(carrier.signing_key, signature, fetch.url + "&x=1", fetch.body))
                for i in range(len(signature)):
                    other = "1" if signature[i] == "0" else "0"
                    bent = signature[:i] + other + signature[i + 1 :]
                    self.assertFalse(validate(carrier.signing_key, bent, fetch.url, fetch.body))
                for i in range(len(fetch.body)):
                    bent = fetch.body[:i] + fetch.body[i + 1 :]
                    self.assertFalse(validate(carrier.signing_key, signature, fetch.url, bent))


class GatewayTest(unittest.TestCase):
    """A good signature on an address of no call is answered 404, a bad one 403."""

    def compare(self, mode, make):
        gateway = Gateway(mode)
        self.addCleanup(gateway.stop)
        rng = random.Random(20261121)
        taken = refused = 0
        for i in range(ROUNDS):
            target, body, headers, accepted, strange = make(rng)
            status = gateway.send(target, body, headers)
            self.assertIn(status, (400, 403, 404))
            if accepted and strange:
                continue
            self.assertEqual(status == 404, accepted, f"{i}: HTTP {status} {target} {body} {headers}")
            taken, refused = taken + accepted, refused + (not accepted)
        self.assertGreater(min(taken, refused), ROUNDS / 4)

    def request(self, rng, kind, body, sign):
        """Signed, and bent in one of three ways or left alone."""
        way = rng.randrange(6)
        target = HOOK + kind + (f"?{encode([('turn', '1'), *pairs(rng, 3)])}" if rng.randrange(3) == 0 else "")
        signature = sign(BASE + target, body)
        if way == 0:
            body = bend(rng, body)
        elif way == 1:
            path, query = urlsplit(target).path, urlsplit(target).query
            target = f"{path}?{bend(rng, query)}"
        elif way == 2:
            signature = bend(rng, signature)
        return target, body, signature

    def test_ten_thousand_random_fetches_are_judged_as_the_sdk_judges_them(self):
        sha256, sha1 = (
            (webhook_validator.validate_webhook_signature_sha256, hashlib.sha256, "X-SignalWire-SHA256-Signature"),
            (webhook_validator.validate_webhook_signature, hashlib.sha1, "X-SignalWire-Signature"),
        )

        def make(rng):
            call = {"call_id": CALL_ID, "project_id": PROJECT, "call_state": "created", "tag": text(rng)}
            body = json.dumps({"call": call, "vars": dict(pairs(rng, 5))}, ensure_ascii=rng.random() < 0.5)
            validate, hash, name = rng.choice([sha1, sha256])
            target, body, signature = self.request(rng, "answer", body, lambda u, b: digest(u + b, hash).hexdigest())
            headers = {name: signature, "Content-Type": "application/json"}
            return target, body, headers, accepts(validate, signature, BASE + target, body), not is_json(body)

        self.compare("native", make)

    def test_ten_thousand_random_callbacks_are_judged_as_the_sdk_judges_them(self):
        def sign(url, body):
            fields = sorted(webhook_validator._parse_form_body(body), key=lambda field: field[0])
            return base64.b64encode(digest(url + "".join(k + v for k, v in fields)).digest()).decode()

        def make(rng):
            body = encode([("AccountSid", PROJECT), ("CallSid", CALL_ID), *pairs(rng, 8)])
            target, body, signature = self.request(rng, "status", body, sign)
            headers = {"X-SignalWire-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
            accepted = accepts(webhook_validator.validate_webhook_signature, signature, BASE + target, body)
            return target, body, headers, accepted, not is_form(body)

        self.compare("compat", make)
