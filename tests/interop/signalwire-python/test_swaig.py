"""The gateway's own agent in the eyes of SignalWire's SDK: its document, and its functions by URL."""

import copy
import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit

from harness import BASE, ROOT, Gateway
from signalwire.core.swml_service import SWMLService

LOGIN = ("agent", "4-p4ssw0rd-of-16")
CALL_ID = "7a4b1c3e-2c78-4d85-b1a4-6eae7dbafb36"
HERE = Path(__file__).resolve().parent


def functions(document):
    ai = next(verb["ai"] for verb in document["sections"]["main"] if "ai" in verb)
    return ai["SWAIG"]["functions"]


class SwaigTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assistant = json.loads((ROOT / "assistants/payment-agent.json").read_text(encoding="utf-8"))
        login = {"SWML_BASIC_AUTH_USER": LOGIN[0], "SWML_BASIC_AUTH_PASSWORD": LOGIN[1]}
        cls.gateway = Gateway(assistants=[assistant], **login)
        cls.addClassCleanup(cls.gateway.stop)
        cls.document = cls.ask(f"/swml/payment-agent?call_id={CALL_ID}")
        cls.urls = {f["function"]: f["web_hook_url"] for f in functions(cls.document)}

    @classmethod
    def ask(cls, path, body=None, login=LOGIN):
        headers = {"Authorization": f"Basic {b64encode(':'.join(login).encode()).decode()}"}
        data = json.dumps(body).encode() if body else None
        if data:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(cls.gateway.base_url + path, data, headers)
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.loads(reply.read())

    def call(self, name, url, **arguments):
        """The reply to a function call, as the carrier sends it."""
        argument = {"parsed": [arguments], "raw": json.dumps(arguments)}
        path = url.split(urlsplit(BASE).path, 1)[1]
        return self.ask(path, {"function": name, "argument": argument, "call_id": CALL_ID})

    def swaig_test(self, *arguments, call_id=CALL_ID, document=None):
        """What the SDK's command prints when it runs the document's functions at the gateway."""
        public, here = BASE.split("://")[1], urlsplit(self.gateway.base_url).netloc
        text = json.dumps(document or self.document)
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            file.write(text.replace("https://", "http://").replace(public, here))
            file.flush()
            env = {**os.environ, "REMOTE_DOCUMENT": file.name, "SIGNALWIRE_LOG_MODE": "off"}
            env["SWML_ALLOW_PRIVATE_URLS"] = "true"
            program = Path(sys.executable).with_name("swaig-test")
            command = [program, HERE / "remote_desk.py", "--call-id", call_id, *arguments]
            done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
        return done.stdout + done.stderr

    def test_the_sdk_takes_each_verb_of_the_document(self):
        service = SWMLService("check", schema_validation=True)
        for verb in self.document["sections"]["main"]:
            ((name, config),) = verb.items()
            self.assertTrue(service.add_verb(name, config))

    def test_nobody_else_gets_the_document(self):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.ask("/swml/payment-agent", login=("agent", "wrong"))
        self.assertEqual(caught.exception.code, 401)

    def test_the_functions_are_listed(self):
        listed = self.swaig_test("--list-tools")
        for function in functions(self.document):
            self.assertIn(f"{function['function']} - {function['description']} (EXTERNAL webhook)", listed)
        self.assertIn("consent_given (string [options: yes, no])", listed)

    def test_a_function_runs_and_its_actions_come_back(self):
        said = self.swaig_test("--exec", "handle_consent", "--consent_given", "no")
        self.assertIn("this call will not be recorded", said)
        reply = self.call("handle_consent", self.urls["handle_consent"], consent_given="no")
        self.assertIn({"set_global_data": {"recording_consent": False}}, reply["action"])

    def test_arguments_that_are_missing_or_wrong_are_refused(self):
        for arguments in ([], ["--consent_given", "perhaps"]):
            self.assertIn("did not run", self.swaig_test("--exec", "handle_consent", *arguments))

    def test_a_token_is_needed_and_bound_to_its_call_and_function(self):
        refused = "security token"
        consent = ["--exec", "handle_consent", "--consent_given", "no"]
        self.assertIn(refused, self.swaig_test(*consent, call_id="another-call"))
        bare = copy.deepcopy(self.document)
        for function in functions(bare):
            function["web_hook_url"] = function["web_hook_url"].split("?")[0]
        self.assertIn(refused, self.swaig_test(*consent, document=bare))
        reply = self.call("handle_consent", self.urls["process_payment"], consent_given="no")
        self.assertIn(refused, reply["response"])
        self.assertNotIn("action", reply)
