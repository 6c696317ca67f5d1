"""An agent of SignalWire's SDK takes calls of the carrier in a box: its SWML, functions and tokens."""

import base64
import http.client
import json
import unittest

from harness import Application, Carrier
from payment_desk import LOGIN, Served
from signalwire.rest import RestClient


class AgentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.carrier = Carrier("--speed", "0", "--seed", "7")
        cls.addClassCleanup(cls.carrier.stop)
        cls.sdk = RestClient(project=cls.carrier.account, token=cls.carrier.token, host=cls.carrier.host)

    def setUp(self):
        self.app = Application()
        self.addCleanup(self.app.stop)
        self.app.pages["/payment"] = lambda charge: json.dumps(
            {"charge_id": "ch_1", "error_code": None}
            if charge["cardnumber"].endswith("1111")
            else {"charge_id": None, "error_code": "card_declined", "error_message": "The card was declined."}
        )
        self.desk = Served(self.app.url("/payment"))
        self.addCleanup(self.desk.stop)

    def call(self, to):
        """One whole call; the functions that were called."""
        call = self.sdk.calling.dial(
            from_=self.carrier.number, to=to, url=self.desk.url(), status_url=self.app.url("/state")
        )["id"]
        self.app.until_ended(call)
        self.app.until(lambda: self.desk.agent.summaries, "the summary")
        return call, {name: (args, raw) for name, args, raw in self.desk.agent.called}

    def recordings(self, call):
        return [r for r in self.sdk.recordings.list(page_size=1000)["data"] if r["relay_pstn_leg_id"] == call]

    def post(self, path, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.desk.port, timeout=10)
        login = base64.b64encode(":".join(LOGIN).encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(body), headers)
        reply = json.loads(connection.getresponse().read())
        connection.close()
        return reply

    def test_a_caller_who_agrees_is_recorded_and_pays(self):
        call, called = self.call("+12025550108")
        args, raw = called["recording_consent"]
        self.assertEqual(args, {"answer": "yes"})
        self.assertEqual((raw["call_id"], raw["function"]), (call, "recording_consent"))
        self.assertEqual(raw["content_disposition"], "SWAIG Function")
        self.assertEqual(raw["global_data"]["desk"], 7)
        args, raw = called["take_payment"]
        self.assertEqual(raw["global_data"]["consent"], True)
        (charge,) = [r.params for r in self.app.of("/payment")]
        self.assertEqual((charge["cardnumber"], charge["chargeAmount"]), ("4111111111111111", args["amount"]))
        ready = lambda: [r for r in self.recordings(call) if r["status"] == "completed"]
        (recording,) = self.app.until(ready, "the recording")
        self.assertEqual(recording["stereo"], True)

    def test_a_caller_who_refuses_is_not_recorded(self):
        call, called = self.call("+12025550106")
        self.assertEqual(called["recording_consent"][0], {"answer": "no"})
        self.assertEqual(self.recordings(call), [])

    def test_a_declined_card_is_said_so(self):
        _, called = self.call("+12025550109")
        self.assertIn("take_payment", called)
        self.assertTrue(all(r.params["cardnumber"] == "4000000000000002" for r in self.app.of("/payment")))
        log = json.dumps(self.desk.agent.summaries[-1][1]["call_log"])
        self.assertIn("payment-connector-error", log)
        self.assertNotIn("4000000000000002", log)

    def test_the_summary_comes_once_with_the_call(self):
        call, _ = self.call("+12025550100")
        ((summary, raw),) = self.desk.agent.summaries
        self.assertIsNotNone(summary)
        self.assertEqual((raw["call_id"], raw["action"]), (call, "post_conversation"))

    def test_the_tokens_of_the_document_are_needed_and_bound_to_call_and_function(self):
        call_id = "7a4b1c3e-2c78-4d85-b1a4-6eae7dbafb36"
        document = self.post("/", {"call": {"call_id": call_id}})
        ai = next(verb["ai"] for verb in document["sections"]["main"] if "ai" in verb)
        urls = {f["function"]: f["web_hook_url"] for f in ai["SWAIG"]["functions"]}
        path = urls["take_payment"].split(str(self.desk.port), 1)[1]
        body = {"function": "take_payment", "argument": {"parsed": [{"amount": "1.00"}]}, "call_id": call_id}
        self.assertIn("action", self.post(path, body))
        self.assertNotIn("action", self.post(path, {**body, "call_id": call_id[::-1]}))
        self.assertNotIn("action", self.post(path[:-3] + "AAA", body))
