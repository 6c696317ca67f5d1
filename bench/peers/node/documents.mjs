// One turn of a conversation made with the carriers' own builders, as bench/dialects.c makes it.
//   node documents.mjs SECONDS     documents a CPU second and one document of each, as JSON
import plivo from "plivo";
import twilio from "twilio";

const BATCH = 500;
const TEXT = "Thank you, John Doe. That was clear & helpful.";
const QUESTION = "How much debt do you have in total, for example on credit cards or in taxes?";
const ACTION = "https://gw.example.com/voice/x/call_0C7MPQ4ZK2R8T/0123456789abcdef/gather?turn=4";
const HINTS = "thousand, hundred, dollars, credit card, tax";

export function twiml() {
  const response = new twilio.twiml.VoiceResponse();
  response.say({ language: "en-US" }, TEXT);
  response
    .gather({ input: "dtmf speech", action: ACTION, method: "POST", timeout: 6, speechTimeout: "auto",
      language: "en-US", hints: HINTS })
    .say({ language: "en-US" }, QUESTION);
  response.hangup();
  return response.toString();
}

export function plivoXml() {
  const response = plivo.Response();
  response.addSpeak(TEXT, { language: "en-US" });
  response
    .addGetInput({ action: ACTION, method: "POST", inputType: "dtmf speech", executionTimeout: 6,
      speechEndTimeout: "auto", language: "en-US", hints: HINTS })
    .addSpeak(QUESTION, { language: "en-US" });
  response.addHangup();
  return response.toXML();
}

/** The answer of a call that bench_seed placed with a plan. */
export function planAnswer() {
  const response = new twilio.twiml.VoiceResponse();
  response.say("Hello, this is a call from the office about your appointment.");
  response.pause({ length: 1 });
  response.say("It is tomorrow at three. Thank you, and goodbye.");
  response.hangup();
  return response.toString();
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function measure(make, seconds) {
  for (let end = cpuSeconds() + 0.5; cpuSeconds() < end; ) for (let i = 0; i < BATCH; i++) make(); // let it get warm
  const began = cpuSeconds();
  let count = 0;
  while (cpuSeconds() - began < seconds) {
    for (let i = 0; i < BATCH; i++) make();
    count += BATCH;
  }
  return { per_cpu_s: count / (cpuSeconds() - began), document: make() };
}

if (process.argv[1] === import.meta.filename) {
  const seconds = Number(process.argv[2]);
  console.log(JSON.stringify({ twiml: measure(twiml, seconds), plivo: measure(plivoXml, seconds) }));
}
