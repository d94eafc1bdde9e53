import { describeFaults, FAULT_KINDS, needOf, parseFault } from "../../adversary/faults";
import { SolventError } from "../../protocol/errors";
import type { Devnet } from "../devnet";
import { dataModeOf, type DevnetOptions } from "../options";
import { runBatchOverForced } from "./batchOverForced";
import { runDeadSequencer } from "./deadSequencer";
import { runDepositFlood } from "./depositFlood";
import { runEquivocatingLeader } from "./equivocatingLeader";
import { runLiar } from "./liar";
import type { RunFault, Say } from "./types";
import { runWithheldBatch } from "./withheldBatch";

type Rules = Partial<Pick<DevnetOptions, "game" | "sequencing" | "seed" | "data" | "without">>;

interface OwnFault {
  usage: string;
  about: string;
  /** Largest COUNT, where it takes one. */
  most?: number;
  /** What it is about: the one sequencer that there is, or members in turns; absent for either. */
  sequencing?: DevnetOptions["sequencing"];
  run: RunFault;
}

const FAULTS: Readonly<Record<string, OwnFault>> = {
  "withheld-batch": {
    usage: "withheld-batch",
    about: "the sequencer confirms softly and posts nothing; a user gets in through L1, then the sequencer comes back",
    sequencing: "single",
    run: runWithheldBatch,
  },
  "batch-over-forced": {
    usage: "batch-over-forced",
    about: "a batch is in flight when a forced one lands before it: it must not change what the forced one did",
    sequencing: "single",
    run: runBatchOverForced,
  },
  "dead-sequencer": {
    usage: "dead-sequencer",
    about: "the sequencer dies for good; a user forces a transaction in through L1",
    sequencing: "single",
    run: runDeadSequencer,
  },
  "equivocating-leader": {
    usage: "equivocating-leader",
    about: "a leader of a rotation signs two blocks for one height; a verifier that was shown both takes its stake",
    sequencing: "rotation",
    run: runEquivocatingLeader,
  },
  "deposit-flood": {
    usage: "deposit-flood[:COUNT]",
    about:
      "one account sends COUNT deposits (40 by default) with as much gas as L1 allows; what of L2 is left for others",
    most: 1_000,
    run: runDepositFlood,
  },
};

/** One line for each kind: liars in the game, then what goes wrong on the way to L1. */
export function describeAllFaults(): string[] {
  return [...describeFaults(), ...Object.values(FAULTS).map(({ usage, about }) => `${usage}: ${about}`)];
}

/**
 * Checks what `startFault` will be given, before anything runs.
 * @param text - `KIND[:args]`. @param rules - that are played by; what is left out is not asked. @throws SolventError `config-invalid`, one line that says what is allowed.
 */
export function checkFault(text: string, rules: Rules = {}): void {
  const { game = "edges", sequencing, seed = null, data, without = [] } = rules;
  const [kind, ...args] = text.split(":");
  if (!Object.hasOwn(FAULTS, kind)) {
    const kinds = [...FAULT_KINDS, ...Object.keys(FAULTS)];
    if (!kinds.includes(kind))
      throw new SolventError("config-invalid", `no fault "${kind}"; there are ${kinds.join(", ")}`);
    parseFault(text, { seed: 1, account: `0x${"00".repeat(20)}`, amountWei: 1n }, game);
    if (needOf(text) === "blobs" && data !== undefined && dataModeOf(data) !== "blobs")
      throw new SolventError("config-invalid", `fault ${kind} needs --data blobs, not ${data}`);
    return requireActors(text, without);
  }
  requireActors(text, without);
  if (seed !== null)
    throw new SolventError("config-invalid", `fault ${kind} waits by the clock: it does not go with --seed`);
  const { usage, most = null, sequencing: needed } = FAULTS[kind];
  if (needed !== undefined && sequencing !== undefined && needed !== sequencing)
    throw new SolventError("config-invalid", `fault ${kind} needs --sequencing ${needed}, not ${sequencing}`);
  const isWrong = most === null ? args.length > 0 : args.length > 1 || !isCount(args[0] ?? "1", most);
  if (isWrong)
    throw new SolventError(
      "config-invalid",
      `fault ${text}: write ${usage}${most === null ? "" : `, COUNT from 1 to ${most}`}`,
    );
}

/** What goes wrong on the way to L1 is seen by a verifier; liars need a challenger to win against. */
function requireActors(text: string, without: readonly string[]): void {
  const needed = Object.hasOwn(FAULTS, text.split(":")[0]) ? ["sequencer", "verifier"] : ["challenger"];
  const missing = needed.find((actor) => without.includes(actor));
  if (missing !== undefined)
    throw new SolventError("config-invalid", `fault ${text} needs the ${missing}: leave --without ${missing} away`);
}

/**
 * Starts a fault and waits for its end; nothing of it runs on, and rounds are held where they move the devnet.
 * @param text - `KIND[:args]`. @returns lines that say who won, why, in which time, at which cost.
 */
export async function startFault(devnet: Devnet, text: string, seed: number, say: Say): Promise<string[]> {
  checkFault(text, devnet.options);
  const [kind, ...args] = text.split(":");
  // The fault before may have ended with it.
  await devnet.reviveSequencer();
  if (!Object.hasOwn(FAULTS, kind)) return runLiar(devnet, text, seed, say);
  try {
    return await FAULTS[kind].run(devnet, args, seed, say);
  } catch (error) {
    // It may have left a sequencer that withholds.
    await devnet.processes.stopOne("sequencer");
    throw error;
  }
}

function isCount(text: string, most: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most;
}
