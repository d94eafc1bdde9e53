import { devAccount, ROLES } from "../accounts";
import type { RunFault } from "./types";
import { Scene } from "./scene";
import { WITHHOLDING_SEQUENCER } from "./withheldBatch";

const TIP = { maxPriorityFeePerGas: 50_000_000_000n, maxFeePerGas: 200_000_000_000n };

/**
 * The sequencer's batch, which consumes a message, is in L1's pool when somebody forces the same message in at a higher price: the batch
 * names a record that is not the last one any more and reverts; its transactions come again behind the forced batch.
 */
export const runBatchOverForced: RunFault = async (devnet, _args, _seed, say) => {
  const scene = new Scene(devnet);
  try {
    const before = await scene.safeBalance();
    await devnet.processes.stopOne("sequencer");
    await devnet.startSequencer(WITHHOLDING_SEQUENCER);
    const sent = await scene.forceTransfer(1n);
    const soft = await scene.transfer(2n);
    await scene.untilOverdue(sent.messages);
    const inbox = scene.inbox();
    const batches = (await inbox.batchCount()) as bigint;
    const force = await inbox.forceInclude.populateTransaction(batches, sent.messages, { ...TIP, gasLimit: 300_000n });
    say("fault batch-over-forced: the sequencer posts what it withheld; a forced batch overtakes it");
    await devnet.processes.stopOne("sequencer");
    const { address } = devAccount(ROLES.sequencer);
    const sentBefore = await scene.l1.getTransactionCount(address, "latest");
    const restarted = devnet.startSequencer();
    // L1 may make its next block within a tenth of a second
    const isSent = async (): Promise<boolean> => (await scene.l1.getTransactionCount(address, "pending")) > sentBefore;
    await scene.until("the batch in L1's pool", isSent, 60, 5);
    const outcome = await (
      inbox.runner as {
        sendTransaction(tx: object): Promise<{ wait(): Promise<{ index: number; blockNumber: number }> }>;
      }
    )
      .sendTransaction(force)
      .then((tx) => tx.wait())
      .catch(() => null);
    await restarted;
    await scene.until(
      "both transfers",
      async () => (await scene.isSafe(soft)) && (await scene.safeBalance()) === before + 3n,
    );
    const overtook = outcome !== null;
    return [
      "fault batch-over-forced:",
      overtook
        ? `  won: the forced batch, number ${batches}, in L1 block ${outcome.blockNumber}; the sequencer's came behind it`
        : `  won: the sequencer's batch, number ${batches}: it was in a block before the forced one, which reverted as it must`,
      "  why: a batch is taken only on top of exactly the record and the message that it names",
      `  time: ${scene.seconds()} until both transfers were safe, each once`,
      `  cost: ${sent.gas} L1 gas for the message`,
    ];
  } finally {
    scene.close();
  }
};
