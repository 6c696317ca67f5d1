// Documents of the SDK's builder are read into plans, and written again with the same meaning.
import { test } from "node:test";
import twilio from "twilio";
import { assertHeld, one, some } from "../support/documents.mjs";
import { random, randomText } from "../support/random.mjs";

const text = (pick) => `a${randomText(pick, 6).trim()}z`.replaceAll("\t", "");
const URLS = ["/next", "https://app.example.com/a?b=1&c=2", "menu.mp3"];
const METHOD = ["GET"];
const SAY = { voice: ["Polly.Joanna", "man"], language: ["en-GB", "de-DE"], loop: [2, 0] };
const PLAY = { loop: [3, 0] };
const GATHER = {
  input: ["speech", "dtmf speech"],
  action: URLS,
  method: METHOD,
  timeout: [1, 30],
  numDigits: [1, 12],
  finishOnKey: ["*", ""],
  hints: ["yes, no", "Tom & Jerry"],
  speechTimeout: ["auto", 3],
  language: ["de-DE"],
  actionOnEmptyResult: [true],
};
const DIAL = { action: URLS, method: METHOD, timeout: [10, 120], callerId: ["+12025550123"], timeLimit: [60, 600], hangupOnStar: [true], answerOnBridge: [true] };
const NUMBER = { sendDigits: ["ww12#"], url: URLS, statusCallback: URLS, statusCallbackEvent: ["initiated ringing", "answered completed"] };
const RECORD = { action: URLS, method: METHOD, maxLength: [30, 600], timeout: [2, 9], finishOnKey: ["#", "*#"], playBeep: [false], trim: ["do-not-trim"] };

function prompts(pick, r) {
  for (let i = pick(3); i > 0; i--)
    one(pick, [
      () => r.say(some(pick, SAY), text(pick)),
      () => r.play(some(pick, PLAY), one(pick, URLS)),
      () => r.pause({ length: 2 + pick(9) }),
    ])();
}

const verbs = [
  (pick, r) => r.say(some(pick, SAY), text(pick)),
  (pick, r) => r.play(some(pick, PLAY), one(pick, URLS)),
  (pick, r) => r.play({ digits: one(pick, ["1w2#", "WW9*"]) }),
  (pick, r) => r.pause({ length: 2 + pick(60) }),
  (pick, r) => prompts(pick, r.gather(some(pick, GATHER))),
  (pick, r) => {
    const d = r.dial(some(pick, DIAL));
    for (let i = 1 + pick(3); i > 0; i--)
      one(pick, [
        () => d.number(some(pick, NUMBER), "+1202555010" + pick(9)),
        () => d.sip(`sip:${one(pick, ["ann", "bob"])}@example.com?x=a&y=b`),
        () => d.client("ann"),
      ])();
  },
  (pick, r) => r.dial(some(pick, DIAL)).conference(some(pick, { muted: [true], endConferenceOnExit: [true], beep: [false] }), text(pick)),
  (pick, r) => r.record(some(pick, RECORD)),
  (pick, r) => r.enqueue(some(pick, { action: URLS, waitUrl: URLS }), text(pick)),
  (pick, r) => r.redirect(some(pick, { method: METHOD }), one(pick, URLS)),
  (pick, r) => r.reject(some(pick, { reason: ["busy"] })),
  (pick, r) => r.leave(),
  (pick, r) => r.hangup(),
];

test("a thousand random documents of the builder are the same when a plan has held them", () => {
  const pick = random(20261121);
  assertHeld(
    "twiml",
    Array.from({ length: 1000 }, () => {
      const r = new twilio.twiml.VoiceResponse();
      for (let i = 1 + pick(6); i > 0; i--) one(pick, verbs)(pick, r);
      return r.toString();
    }),
  );
});
