"""Functions of an agent of SignalWire's SDK serve an assistant of the gateway, as remote functions."""

import json
import unittest
import urllib.request

from harness import TOKEN, Application, Carrier, Front, Gateway
from payment_desk import Served


def assistant(desk):
    """One whose functions are the desk's own."""
    answer = {"answer": {"type": "string", "enum": ["yes", "no"]}}
    amount = {"amount": {"type": "string", "description": "How much is paid, as '49.99'"}}
    functions = []
    for name, argument, words in (
        ("recording_consent", answer, "May we record this call?"),
        ("take_payment", amount, "Take a payment by card"),
    ):
        parameters = {"type": "object", "properties": argument, "required": list(argument)}
        functions.append({"name": name, "description": words, "parameters": parameters, "url": desk.url("/swaig/")})
    return {
        "name": "front-desk",
        "brain": "carrier",
        "prompt": [{"title": "Greeting", "body": "Hello, this is the front desk."}],
        "functions": functions,
        "variables": {"desk": 7},
    }


class RemoteTest(unittest.TestCase):
    def setUp(self):
        self.carrier = Carrier("--speed", "0", "--seed", "7")
        self.addCleanup(self.carrier.stop)
        self.app = Application()
        self.addCleanup(self.app.stop)
        self.desk = Served(self.app.url("/payment"), secure=False)
        self.addCleanup(self.desk.stop)
        self.front = Front()
        self.addCleanup(self.front.stop)
        self.gateway = Gateway(
            assistants=[assistant(self.desk)],
            SIGNALWIRE_API_BASE_URL=self.carrier.base_url,
            SIGNALWIRE_PROJECT_ID=self.carrier.account,
            SIGNALWIRE_API_TOKEN=self.carrier.token,
            SIGNALWIRE_SIGNING_KEY=self.carrier.signing_key,
            SIGNALWIRE_PHONE_NUMBER=self.carrier.number,
            PUBLIC_BASE_URL=self.front.base_url,
            SWML_ALLOW_PRIVATE_URLS="true",
        )
        self.addCleanup(self.gateway.stop)
        self.front.target = self.gateway.base_url

    def api(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.gateway.base_url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.loads(reply.read())

    def call(self, to):
        """One whole call; it, and the functions that were called at the desk."""
        call = self.api("POST", "/api/calls", {"to": to, "assistant": "front-desk"})["id"]
        over = ("completed", "failed", "busy", "no_answer", "canceled", "unknown")
        self.app.until(lambda: self.api("GET", f"/api/calls/{call}")["status"] in over, "the end of the call")
        called = {name: (args, raw) for name, args, raw in self.desk.agent.called}
        return self.api("GET", f"/api/calls/{call}"), called

    def test_functions_are_asked_with_what_the_callee_said_and_who_calls(self):
        call, called = self.call("+12025550100")
        self.assertEqual(call["status"], "completed")
        args, raw = called["recording_consent"]
        self.assertEqual(args, {"answer": "yes"})
        self.assertEqual((raw["function"], raw["call_id"]), ("recording_consent", call["id"]))
        self.assertEqual(raw["content_disposition"], "SWAIG Function")
        self.assertIn("take_payment", called)

    def test_what_a_function_answers_is_said_and_kept(self):
        call, _ = self.call("+12025550106")
        transcript = json.dumps(self.api("GET", f"/api/calls/{call['id']}/transcript"))
        self.assertIn("Then nothing is recorded.", transcript)
