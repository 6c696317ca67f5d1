"""SignalWire's REST client works against the native APIs of the carrier in a box."""

import time
import unittest
import urllib.error
import urllib.request

from harness import Application, Carrier, swml
from signalwire.rest import RestClient, SignalWireRestError

STATES = ["created", "ringing", "answered", "ending", "ended"]


class Suite(unittest.TestCase):
    SPEED = "0"

    @classmethod
    def setUpClass(cls):
        cls.carrier = Carrier("--speed", cls.SPEED, "--seed", "7")
        cls.addClassCleanup(cls.carrier.stop)
        cls.app = Application()
        cls.addClassCleanup(cls.app.stop)
        cls.sdk = cls.client(cls.carrier.token)

    @classmethod
    def client(cls, token):
        return RestClient(project=cls.carrier.account, token=token, host=cls.carrier.host)

    def dial(self, to="+12025550100", **params):
        params = {"url": self.app.url("/answer"), "status_url": self.app.url("/state"), "status_events": STATES, **params}
        return self.sdk.calling.dial(from_=self.carrier.number, to=to, **params)

    def refused(self, http_status, code, call, *args, **params):
        with self.assertRaises(SignalWireRestError) as caught:
            call(*args, **params)
        self.assertEqual(caught.exception.status_code, http_status)
        if code:
            self.assertEqual(caught.exception.body["errors"][0]["code"], code)


class WholeCalls(Suite):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app.pages["/answer"] = lambda _: swml({"play": {"url": "say: Hello."}}, {"hangup": {}})

    def test_a_dialled_call_has_the_documented_shape(self):
        call = self.dial()
        self.assertRegex(call["id"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual(
            (call["status"], call["direction"], call["type"], call["to"]),
            ("queued", "outbound-api", "relay_pstn_call", "+12025550100"),
        )

    def test_states_come_in_order(self):
        call = self.dial()["id"]
        end = self.app.until_ended(call)
        self.assertEqual([e["call_state"] for e in self.app.events("/state", call)], STATES)
        self.assertEqual(end["end_reason"], "hangup")

    def test_each_way_not_to_answer_has_its_reason(self):
        for suffix, reason in (("01", "busy"), ("02", "no_answer"), ("03", "error")):
            call = self.dial(f"+120255501{suffix}")["id"]
            self.assertEqual(self.app.until_ended(call)["end_reason"], reason)

    def test_a_document_can_come_with_the_command(self):
        document = {"version": "1.0.0", "sections": {"main": [{"request": {"url": self.app.url("/inline"), "method": "POST"}}]}}
        call = self.dial(url=None, swml=document)["id"]
        self.app.until_ended(call)
        self.assertEqual(len(self.app.of("/inline")), 1)

    def test_a_finished_call_is_a_log_with_events(self):
        call = self.dial()["id"]
        self.app.until_ended(call)
        log = self.sdk.logs.voice.get(call)
        self.assertEqual((log["id"], log["status"], log["source"]), (call, "completed", "realtime_api"))
        self.assertGreater(log["duration_ms"], 0)
        names = [e["name"] for e in self.sdk.logs.voice.list_events(call)["data"]]
        self.assertEqual(names[0], "calling_call_initiated")

    def test_logs_page_through_all_calls_newest_first(self):
        placed = [self.dial("+12025550101")["id"] for _ in range(5)]
        every = [log["id"] for log in self.sdk.logs.voice.paginate(page_size=2)]
        self.assertEqual(every[:5], placed[::-1])
        self.assertEqual(len(set(every)), len(every))

    def test_refusals_are_errors_of_the_sdk(self):
        dial = self.sdk.calling.dial
        number, url = self.carrier.number, self.app.url("/answer")
        self.refused(422, "missing_required_parameter", dial, from_="", to="+12025550100", url=url)
        self.refused(422, "not_purchased_or_verified", dial, from_="+12025550198", to="+12025550100", url=url)
        self.refused(422, "invalid_destination_number", dial, from_=number, to="nobody", url=url)
        self.refused(422, "inline_swml_or_swml_webhook_required", dial, from_=number, to="+12025550100")
        self.refused(422, "not_an_http_url", dial, from_=number, to="+12025550100", url="ftp://x/")
        self.refused(404, None, self.sdk.calling.end, "00000000-0000-4000-8000-000000000000")
        self.refused(404, None, self.sdk.logs.voice.get, "00000000-0000-4000-8000-000000000000")
        self.refused(401, None, self.client("PTwrong").logs.voice.list)

    def test_the_number_and_the_project_are_there(self):
        numbers = self.sdk.phone_numbers.list()["data"]
        self.assertEqual([n["number"] for n in numbers], [self.carrier.number])
        self.assertEqual([p["id"] for p in self.sdk.projects.list()["data"]], [self.carrier.account])


class RunningCalls(Suite):
    SPEED = "20"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app.pages["/answer"] = lambda _: swml({"answer": {}}, {"sleep": 600000})
        cls.app.pages["/other"] = lambda _: swml({"hangup": {}})

    def running(self):
        call = self.dial()["id"]
        self.app.until(lambda: self.app.fetches("/answer", call), "the fetch")
        self.app.until(lambda: any(e["call_state"] == "answered" for e in self.app.events("/state", call)), "the answer")
        return call

    def test_a_call_is_sent_to_another_document(self):
        call = self.running()
        self.assertEqual(self.sdk.calling.update(id=call, url=self.app.url("/other"))["id"], call)
        self.app.until_ended(call)
        self.assertEqual(len(self.app.fetches("/other", call)), 1)

    def test_a_call_is_transferred(self):
        call = self.running()
        self.sdk.calling.transfer(call, dest=self.app.url("/other"))
        self.app.until_ended(call)
        self.assertEqual(len(self.app.fetches("/other", call)), 1)

    def test_a_call_is_ended_and_then_nothing_can_be_done_with_it(self):
        call = self.running()
        self.sdk.calling.end(call, reason="hangup")
        self.assertEqual(self.app.until_ended(call)["end_reason"], "hangup")
        self.refused(422, None, self.sdk.calling.end, call)
        self.refused(422, "cannot_update_completed", self.sdk.calling.update, id=call, status="completed")

    def test_a_call_that_nobody_answered_is_called_off(self):
        call = self.dial("+12025550102", extras={"timeout": 600})["id"]
        self.app.until(lambda: any(e["call_state"] == "ringing" for e in self.app.events("/state", call)), "ringing")
        self.sdk.calling.update(id=call, status="canceled")
        self.assertEqual(self.app.until_ended(call)["end_reason"], "cancel")

    def test_a_call_is_played_to(self):
        call = self.running()
        self.sdk.calling.play(call, play=[{"type": "tts", "params": {"text": "Hello"}}], control_id="p1")
        self.sdk.calling.play_stop(call, control_id="p1")
        self.sdk.calling.end(call)

    def test_a_recording_is_made_paused_told_fetched_downloaded_and_deleted(self):
        call = self.running()
        audio = {"format": "wav", "stereo": True, "direction": "both"}
        self.sdk.calling.record(call, control_id="r1", audio=audio, status_url=self.app.url("/tape"))
        self.sdk.calling.record_pause(call, control_id="r1")
        self.sdk.calling.record_resume(call, control_id="r1")
        time.sleep(0.1)  # two seconds of the call
        self.sdk.calling.record_stop(call, control_id="r1")
        states = lambda: [e["state"] for e in self.app.events("/tape", call)]
        self.app.until(lambda: "finished" in states(), "the recording")
        self.assertEqual(states(), ["recording", "paused", "recording", "finished"])
        told = self.app.events("/tape", call)[-1]
        recording = self.sdk.recordings.get(told["recording_id"])
        self.assertEqual((recording["status"], recording["stereo"], recording["url"]), ("completed", True, told["url"]))
        self.assertIn(told["recording_id"], [r["id"] for r in self.sdk.recordings.list()["data"]])
        with urllib.request.urlopen(recording["url"]) as file:
            sound = file.read()
        self.assertEqual((sound[:4], len(sound)), (b"RIFF", recording["byte_size"]))
        self.sdk.recordings.delete(told["recording_id"])
        self.refused(404, None, self.sdk.recordings.get, told["recording_id"])
        with self.assertRaises(urllib.error.HTTPError):
            urllib.request.urlopen(recording["url"])
        self.sdk.calling.end(call)


