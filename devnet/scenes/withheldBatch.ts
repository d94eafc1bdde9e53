import { join } from "node:path";
import type { RunFault } from "./types";
import { Scene } from "./scene";

/** A sequencer that builds blocks and posts none. */
export const WITHHOLDING_SEQUENCER = join(__dirname, "..", "..", "adversary", "withholdingSequencer");

/** Soft confirmations without batches: worth nothing against a forced message, and kept as far as they can be afterwards. */
export const runWithheldBatch: RunFault = async (devnet, _args, _seed, say) => {
  const scene = new Scene(devnet);
  try {
    const before = await scene.safeBalance();
    await devnet.processes.stopOne("sequencer");
    await devnet.startSequencer(WITHHOLDING_SEQUENCER);
    const soft = await scene.transfer(2n);
    const batches = (await scene.inbox().batchCount()) as bigint;
    say("fault withheld-batch: a transfer is confirmed softly and never posted; the user sends another through L1");
    const sent = await scene.forceTransfer(1n);
    await scene.untilOverdue(sent.messages);
    if (((await scene.inbox().batchCount()) as bigint) !== batches) throw new Error("a batch was posted after all");
    const forced = await scene.force(sent.messages);
    await scene.until("the forced transfer", async () => (await scene.safeBalance()) === before + 1n);
    const inAfter = scene.seconds();
    await devnet.processes.stopOne("sequencer");
    await devnet.startSequencer();
    await scene.until(
      "the withheld transfer",
      async () => (await scene.isSafe(soft)) && (await scene.safeBalance()) === before + 3n,
    );
    return [
      "fault withheld-batch:",
      `  won: the user ${scene.user.address}: the forced transfer was safe after ${inAfter}`,
      "  why: forced inclusion needs no sequencer; what was only confirmed softly went back into the pool and came later",
      `  time: ${scene.seconds()} until the withheld transfer was safe, too`,
      `  cost: ${sent.gas} L1 gas for the message, ${forced} for forcing it in`,
    ];
  } finally {
    scene.close();
  }
};
