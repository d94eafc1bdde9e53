import { describeFaults } from "../../adversary/faults";
import { SolventError } from "../../protocol/errors";
import type { Devnet } from "../devnet";
import { runBatchOverForced } from "./batchOverForced";
import { runDeadSequencer } from "./deadSequencer";
import { runDepositFlood } from "./depositFlood";
import { runLiar } from "./liar";
import type { RunFault, Say } from "./types";
import { runWithheldBatch } from "./withheldBatch";

const FAULTS: Record<string, { usage: string; about: string; run: RunFault }> = {
  "withheld-batch": {
    usage: "withheld-batch",
    about: "the sequencer confirms softly and posts nothing; a user gets in through L1, then the sequencer comes back",
    run: runWithheldBatch,
  },
  "batch-over-forced": {
    usage: "batch-over-forced",
    about: "a batch is in flight when a forced one lands before it: it must not change what the forced one did",
    run: runBatchOverForced,
  },
  "dead-sequencer": {
    usage: "dead-sequencer",
    about: "the sequencer dies for good; a user forces a transaction in through L1",
    run: runDeadSequencer,
  },
  "deposit-flood": {
    usage: "deposit-flood[:COUNT]",
    about:
      "one account sends COUNT deposits (40 by default) with as much gas as L1 allows; what of L2 is left for others",
    run: runDepositFlood,
  },
};

/** One line for each kind: liars in the game, then what goes wrong on the way to L1. */
export function describeAllFaults(): string[] {
  return [...describeFaults(), ...Object.values(FAULTS).map(({ usage, about }) => `${usage}: ${about}`)];
}

/**
 * Starts a fault and waits for its end.
 * @param text - `KIND[:args]`. @returns lines that say who won, why, in which time, at which cost.
 */
export async function startFault(devnet: Devnet, text: string, seed: number, say: Say): Promise<string[]> {
  const [kind, ...args] = text.split(":");
  const own = FAULTS[kind];
  if (own !== undefined) return own.run(devnet, args, seed, say);
  if (!describeFaults().some((line) => line.startsWith(kind)))
    throw new SolventError("config-invalid", `no fault "${kind}"; there are:\n  ${describeAllFaults().join("\n  ")}`);
  return runLiar(devnet, text, seed, say);
}
