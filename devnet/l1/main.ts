import { join } from "node:path";
import { parseArgs } from "node:util";
import { L1Chain, type Eip1193 } from "./chain";
import { Gateway } from "./gateway";
import { Journal } from "./journal";
import { ownClock } from "./ownClock";
import { loadPrepared, readPrepared } from "./prepared";
import { L1Server } from "./server";

process.env.HARDHAT_CONFIG = join(__dirname, "hardhat.config.cjs");

/**
 * Hardhat's network served as the devnet's L1. Usage: main PORT INTERVAL_MS IDLE_MS [JOURNAL [STATE]] [--seed N].
 * A new journal begins with the prepared state, and has it. With a seed its clock is its own. Says `ready` to its parent when it serves; ends
 * with it.
 */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { seed: { type: "string" } } });
  const [port, interval, idle, file, state] = positionals as (string | undefined)[];
  const clock = values.seed === undefined ? null : ownClock(Number(values.seed));
  process.on("disconnect", () => process.exit(0));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
  const { journal, lines, date } = Journal.open(file ?? null, clock?.date ?? new Date().toISOString());
  process.env.SOLVENT_L1_INITIAL_DATE = date;
  const { network } = (await import("hardhat")).default;
  const provider = network.provider as unknown as Eip1193;
  // What is prepared needs no constructor to run.
  if (state === undefined) warmUp(provider);
  const chain = new L1Chain(provider, journal, Number(interval), Number(idle), clock?.wall);
  await chain.replay(lines);
  if (state !== undefined && lines.length === 0)
    await loadPrepared((method, params) => chain.request(method, params), readPrepared(state));
  await new L1Server(new Gateway(chain)).start(Number(port));
  process.on("exit", () => chain.stop());
  chain.start();
  process.send?.("ready");
}

/**
 * The first point evaluation makes Hardhat load its trusted setup, for seconds: let it begin before somebody waits for it (the prover's
 * constructor calls the precompile).
 */
function warmUp(provider: Eip1193): void {
  const infinity = "c0" + "00".repeat(47);
  // The zero polynomial, at 5, is zero; the hash is that of its commitment.
  const hash = "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014";
  const data = `0x${hash}${"5".padStart(64, "0")}${"00".repeat(32)}${infinity}${infinity}`;
  const to = `0x${"a".padStart(40, "0")}`;
  provider.request({ method: "eth_call", params: [{ to, data }, "latest"] }).catch(() => undefined);
}

void main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
