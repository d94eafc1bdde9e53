import type { NodeCore } from "../../actor/core";
import { isErrorCode } from "../../protocol/errors";
import type { Ledger } from "../blocks/ledger";

/**
 * Builds on batches of others that L1 has and that do not count yet: their blocks are known as soon as their bytes are. A batch that is lost
 * later takes what was built on it along.
 * @param reconcile - drops what was built in their place, and brings the open batch in line.
 * @returns why nothing can be built behind them; null where it can.
 * @throws SolventError `l1-*`.
 */
export async function takeInPending(
  core: NodeCore,
  ledger: Ledger,
  reconcile: () => Promise<void>,
): Promise<string | null> {
  for (;;) {
    const { foreign } = ledger;
    if (foreign === null) return null;
    await reconcile();
    const obstacle = await takeIn(core, ledger, foreign);
    if (obstacle !== null)
      return `batch ${foreign.index} is none of this sequencer's and does not count yet, nothing is built before: ${obstacle}`;
    await reconcile();
  }
}

async function takeIn(core: NodeCore, ledger: Ledger, batch: NonNullable<Ledger["foreign"]>): Promise<string | null> {
  if (!ledger.isNext(batch) || batch.delayedCount > core.view.delayedCount) return "this node's view of L1 is behind";
  const { duties } = await core.batchData();
  const data = (await duties?.bytesOf(batch)) ?? null;
  if (data === null) return "nobody gives its bytes";
  try {
    await ledger.takeIn(batch, data);
    return null;
  } catch (error) {
    if (!isErrorCode(error, "program-trapped") && !isErrorCode(error, "preimage-missing")) throw error;
    return (error as Error).message;
  }
}
