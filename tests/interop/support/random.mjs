// Deterministic numbers and texts, so that a failure can be repeated.

export function random(seed) {
  let x = BigInt(seed);
  return (n) => {
    x = (x * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return Number((x >> 33n) % BigInt(n));
  };
}

/* None that the gateway reads: those must not say two things. */
const NAMES = ["Country", "Event", "BillRate", "Via", "Tag", "a", "b", "A", "z", "X-PH-key", "_x", "a.b", "SIP-H-To"];
const PARTS = ["1", "busy", "ü", "你好", "😀", " ", "&", "=", "+", "%", "#", "?", "/", ".", "<sip:x@y>", "", ":", "~", "'", '"', "*", "\t"];

export const randomText = (pick, max = 4) =>
  Array.from({ length: 1 + pick(max) }, () => PARTS[pick(PARTS.length)]).join("");

/** Fields of a form, fewer than `max`; names may repeat. */
export const randomPairs = (pick, max) =>
  Array.from({ length: pick(max) }, () => [NAMES[pick(NAMES.length)], randomText(pick)]);

/** As a form or a query is sent. */
export const encode = (pairs) =>
  pairs.map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v).replaceAll("%20", "+")}`).join("&");

/** One character more, less or other. */
export function bend(text, pick) {
  const at = pick(text.length + 1);
  const other = "abcxyz019&=+%.-"[pick(15)];
  const rest = text.slice(at + 1);
  return [text.slice(0, at) + other + rest, text.slice(0, at) + rest, text.slice(0, at) + other + text.slice(at)][pick(3)];
}

/** The same with what stands behind the path: a query, which it stays. */
export function bendQuery(target, pick) {
  const [path, query = ""] = target.split(/\?(.*)/s);
  return `${path}?${bend(query, pick).replaceAll("#", "")}`;
}
