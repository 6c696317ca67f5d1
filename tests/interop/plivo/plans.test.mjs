// Documents of the SDK's builder are read into plans, and written again with the same meaning.
import { test } from "node:test";
import plivo from "plivo";
import { assertHeld, one, some } from "../support/documents.mjs";
import { random, randomText } from "../support/random.mjs";

const text = (pick) => `a${randomText(pick, 6).trim()}z`.replaceAll("\t", "");
const URLS = ["https://app.example.com/next", "https://app.example.com/a?b=1&c=2"];
const METHOD = ["GET", "POST"];
const SPEAK = { voice: ["MAN"], language: ["en-GB", "de-DE"], loop: [2, 0] };
const PLAY = { loop: [3, 0] };
const INPUT = {
  executionTimeout: [6, 9],
  numDigits: [1, 12],
  finishOnKey: ["*", "none"],
  speechEndTimeout: ["auto", 3],
  hints: ["yes, no", "Tom & Jerry"],
  language: ["de-DE"],
};
const DIAL = { action: URLS, method: METHOD, timeout: [10, 50], timeLimit: [60, 600], callerId: ["12025550123"], hangupOnStar: [true] };
const RECORD = { action: URLS, method: METHOD, maxLength: [30, 600], timeout: [2, 9], finishOnKey: ["#", "*"], playBeep: [false] };

function prompts(pick, r) {
  for (let i = pick(3); i > 0; i--)
    one(pick, [() => r.addSpeak(text(pick), some(pick, SPEAK)), () => r.addPlay(one(pick, URLS), some(pick, PLAY))])();
}

const verbs = [
  (pick, r) => r.addSpeak(text(pick), some(pick, SPEAK)),
  (pick, r) => r.addPlay(one(pick, URLS), some(pick, PLAY)),
  (pick, r) => r.addWait({ length: 2 + pick(60) }),
  (pick, r) =>
    prompts(pick, r.addGetInput({ action: one(pick, URLS), method: one(pick, METHOD), inputType: one(pick, ["speech", "dtmf", "dtmf speech"]), ...some(pick, INPUT) })),
  (pick, r) => {
    const d = r.addDial(some(pick, DIAL));
    for (let i = 1 + pick(3); i > 0; i--)
      one(pick, [() => d.addNumber("1202555010" + pick(9)), () => d.addUser("sip:ann@phone.plivo.com")])();
  },
  (pick, r) => r.addConference(text(pick), some(pick, { muted: [true], endConferenceOnExit: [true] })),
  (pick, r) => r.addRecord({ action: one(pick, URLS), ...some(pick, RECORD) }),
  (pick, r) => r.addDTMF(one(pick, ["12w#", "WW9*"]), { async: false }),
  (pick, r) => r.addRedirect(one(pick, URLS), some(pick, { method: METHOD })),
  (pick, r) => r.addHangup(some(pick, { reason: ["busy", "rejected"] })),
];

test("a thousand random documents of the builder are the same when a plan has held them", () => {
  const pick = random(20261121);
  assertHeld(
    "plivo",
    Array.from({ length: 1000 }, () => {
      const r = new plivo.Response();
      for (let i = 1 + pick(6); i > 0; i--) one(pick, verbs)(pick, r);
      return r.toXML();
    }),
    { aloud: true }, /* the carriers' defaults differ, and a plan has one */
  );
});
