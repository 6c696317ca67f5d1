"""Documents of the SDK's SWML builder: read into plans, and carried out by the box."""

import json
import random
import subprocess
import unittest

from harness import PROGRAM, Application, Carrier
from signalwire.core.swml_builder import SWMLBuilder
from signalwire.core.swml_service import SWMLService
from signalwire.rest import RestClient


def builder():
    return SWMLBuilder(SWMLService("documents", schema_validation=True))


class PlanTest(unittest.TestCase):
    """What the builder makes is read into plans, and written again with the same meaning."""

    URL = "https://app.example.com/a?b=1&c=2"

    def verbs(self, rng, b):
        some = lambda **all: {k: v for k, v in all.items() if rng.random() < 0.5}
        say = f"say:{rng.choice(['Hello & goodbye.', 'Grüß Gott', 'a < b'])}"
        return rng.choice(
            [
                lambda: b.play(url=say, **some(say_voice="Polly.Joanna", say_language="de-DE")),
                lambda: b.play(url=self.URL),
                lambda: b.play(urls=[say, "silence:2", self.URL]),
                lambda: b.prompt(play=say, max_digits=rng.randint(1, 9), **some(terminators="#")),
                lambda: b.prompt(play=say, speech_language="en-US", **some(speech_hints=["yes", "no"], speech_timeout=9)),
                lambda: b.record_call(stereo=True, format="wav", **some(control_id="r1", direction="both")),
                lambda: b.connect(to="+13035550100", **some(timeout=20, **{"from": "+12025550123"})),
                lambda: b.send_digits(digits="1w2#"),
                lambda: b.sleep(duration=rng.randint(1, 60) * 1000),
                lambda: b.transfer(dest=self.URL),
                lambda: b.hangup(reason=rng.choice([None, "busy"])),
            ]
        )

    def test_five_hundred_random_documents_are_the_same_when_a_plan_has_held_them(self):
        rng = random.Random(20261121)
        documents, b, check = [], builder(), builder()  # a schema is read for each of them
        for _ in range(500):
            b.reset().answer()
            for _ in range(rng.randint(1, 5)):
                self.verbs(rng, b)()
            documents.append(b.render())
        tool = PROGRAM.parent / "tests/interop/support/plan_again"
        lines = "".join(json.dumps(document) + "\n" for document in documents)
        done = subprocess.run([tool, "swml"], input=lines, capture_output=True, text=True, check=True)
        for document, line in zip(documents, done.stdout.splitlines(), strict=True):
            again = json.loads(line)
            self.assertNotIn("error", again, document)
            self.assertEqual(again["losses"], [], document)
            check.reset()
            for verb in json.loads(again["document"])["sections"]["main"]:
                ((name, config),) = verb.items()
                check.service.add_verb(name, config)  # refuses what the schema does not know


class DocumentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.carrier = Carrier("--speed", "0", "--seed", "11")
        cls.addClassCleanup(cls.carrier.stop)
        cls.app = Application()
        cls.addClassCleanup(cls.app.stop)
        cls.sdk = RestClient(project=cls.carrier.account, token=cls.carrier.token, host=cls.carrier.host)

    def tell(self, builder, **body):
        """A request that carries variables of the call to the application."""
        return builder.request(url=self.app.url(f"/{self._testMethodName}"), method="POST", body=body)

    def live(self, builder, to="+12025550100"):
        """What the document told while it was carried out."""
        path = f"/{self._testMethodName}"
        before = len(self.app.of(path))
        call = self.sdk.calling.dial(
            from_=self.carrier.number, to=to, swml=builder.build(), status_url=self.app.url("/state")
        )["id"]
        self.app.until_ended(call)
        return [r.params for r in self.app.of(path)[before:]]

    def test_speech_is_prompted_for(self):
        b = builder().answer()
        b.prompt(play="say:Hello, may I have your name, please?", speech_timeout=5, speech_language="en-US")
        self.tell(b, heard="${prompt_value}", how="${prompt_result}").hangup()
        self.assertEqual(self.live(b), [{"heard": "My name is John Doe.", "how": "match_speech"}])

    def test_keys_are_prompted_for(self):
        b = builder().answer()
        b.prompt(play="say:May we record this call? Press 1 for yes.", max_digits=1)
        self.tell(b, heard="${prompt_value}", how="${prompt_result}").hangup()
        self.assertEqual(self.live(b), [{"heard": "1", "how": "match_digits"}])

    def test_things_are_said_and_played_in_order(self):
        b = builder().answer().say("Hello & goodbye.", voice="en-US-Neural2-A")
        b.play(urls=["silence:1.5", self.app.url("/hold.wav")])
        b.sleep(duration=1000)
        self.tell(b, played="${play_result}").hangup()
        self.assertEqual(len(self.live(b)), 1)
        self.assertEqual(len(self.app.of("/hold.wav")), 1)

    def test_variables_choose_the_way(self):
        b = builder().answer().set(size="many")
        b.switch(variable="size", case={"many": [{"execute": {"dest": "many"}}]}, default=[{"hangup": {}}])
        b.add_section("many")
        b.service.add_verb_to_section("many", "set", {"way": "${size}"})
        self.tell(b, way="${way}").hangup()
        self.assertEqual(self.live(b), [{"way": "many"}])

    def test_a_recording_is_made(self):
        b = builder().answer()
        b.record(beep=True, format="wav", max_length=20, status_url=self.app.url("/tape"))
        self.tell(b, url="${record_url}", result="${record_result}").hangup()
        (told,) = self.live(b)
        self.assertTrue(told["url"].startswith(self.carrier.base_url), told)

    def test_another_number_is_connected(self):
        b = builder().answer()
        b.connect(to="+13035550100", timeout=20)
        self.tell(b, result="${connect_result}").hangup()
        self.assertEqual(self.live(b), [{"result": "connected"}])

    def test_a_busy_number_is_told_as_failed(self):
        b = builder().answer()
        b.connect(to="+13035550101", timeout=20)
        self.tell(b, result="${connect_result}").hangup()
        self.assertEqual(self.live(b), [{"result": "failed"}])

    def test_a_machine_is_told_from_a_human(self):
        for to, verdict in (("+12025550104", "machine"), ("+12025550100", "human")):
            b = builder().answer()
            b.detect_machine(detectors="amd", wait=True)
            self.tell(b, result="${detect_result}").hangup()
            self.assertEqual(self.live(b, to), [{"result": verdict}])
