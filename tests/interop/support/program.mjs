// Starts the program and ends it again.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
export const program = path.resolve(process.env.SWITCHHOOK_BINARY ?? path.join(root, "build/release/switchhook"));

/** Resolves to the first line that it prints, which it prints once it listens. */
export async function start(args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], ...options });
  const line = await new Promise((resolve, reject) => {
    let text = "";
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`switchhook ${args[0]} ended with ${code}`)));
    child.stdout.on("data", (part) => {
      text += part;
      if (text.includes("\n")) resolve(text.split("\n")[0]);
    });
  });
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", resolve);
      child.kill("SIGTERM");
    });
  return { line, stop };
}

/** The carrier in a box: what it says of itself, and stop(). */
export async function startCarrier(dialect, ...args) {
  const { line, stop } = await start(["carrier", "--dialect", dialect, ...args]);
  return { ...JSON.parse(line), stop };
}
