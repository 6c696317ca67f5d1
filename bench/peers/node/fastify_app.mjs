// The answer document as people serve it in Node: Fastify, Twilio's own validator and builder.
//   PEER_VERIFY=1 PORT=N node fastify_app.mjs     prints its port when it listens
import formbody from "@fastify/formbody";
import Fastify from "fastify";
import twilio from "twilio";

import { planAnswer } from "./documents.mjs";

const TOKEN = process.env.PEER_TOKEN ?? "12345678901234567890123456789012";
const PUBLIC_URL = "https://gw.example.com";
const verify = process.env.PEER_VERIFY === "1";

const app = Fastify();
await app.register(formbody);
app.post("/voice/*", (request, reply) => {
  const signature = request.headers["x-twilio-signature"] ?? "";
  if (verify && !twilio.validateRequest(TOKEN, signature, PUBLIC_URL + request.url, request.body))
    return reply.code(403).send();
  return reply.type("text/xml").send(planAnswer());
});
const address = await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT ?? 0) });
console.log(new URL(address).port);
process.stdin.on("end", () => process.exit(0)).resume();
