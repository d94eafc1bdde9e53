import { genesisAssertion } from "../games/names";
import { SETTLEMENT_ABI } from "../games/settlement";
import type { L1Rpc } from "../node/l1/rpc";
import { ZERO_HASH } from "../protocol";
import { SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import type { RollupSystem } from "./system";

/** What the first assertions see of the inbox. Twin of `_genesisInbox` in contracts/settlement/Settlement.sol. */
const EMPTY_INBOX = { batchCount: 0, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };

/**
 * Asks the queue on L1 whether it began where this node begins: genesis assertion, output root, empty inbox, and this very Inbox. Where
 * it did not, no honest assertion would ever be taken and the first false one be confirmed, so no actor may start.
 * @throws SolventError `queue-mismatch` where it says no; `l1-queue-missing` where nothing stands there (an L1 that lags, or another
 * one); `l1-unavailable`, `l1-rpc` where L1 cannot be asked.
 * @see docs/spec/09-deployment.md#start
 */
export async function requireQueueAgrees(l1: L1Rpc, system: RollupSystem): Promise<void> {
  const { queue, inbox, genesisOutputRoot } = system;
  const genesis = genesisAssertion(genesisOutputRoot);
  const agrees = await ask(l1, queue, "isConfirmed", [genesis, genesisOutputRoot, EMPTY_INBOX]);
  const read = String(await ask(l1, queue, "inbox", [])).toLowerCase();
  if (agrees === true && read === inbox) return;
  const what =
    agrees === true
      ? `reads the inbox ${read}, the deployment names ${inbox}`
      : `began with another genesis, output root or inbox than ${genesisOutputRoot} and an empty one`;
  throw new SolventError(
    "queue-mismatch",
    `the state root queue at ${queue} ${what}: no right assertion would be taken there. Move nothing of value to this system; ` +
      "take the deployment file that belongs to the queue, or deploy again with this version",
  );
}

async function ask(l1: L1Rpc, to: Hex, name: string, args: unknown[]): Promise<unknown> {
  const data = SETTLEMENT_ABI.encodeFunctionData(name, args);
  const answer = await l1.send<Hex>("eth_call", [{ to, data }, "latest"]).catch((error: unknown) => {
    // A contract that knows no such function is no queue.
    if (error instanceof SolventError && error.code === "l1-rpc" && /revert/i.test(error.message)) return null;
    throw error;
  });
  if (answer === null) return null;
  if (answer !== "0x") return SETTLEMENT_ABI.decodeFunctionResult(name, answer)[0];
  throw new SolventError(
    "l1-queue-missing",
    `L1 has no contract at ${to}, where the state root queue should stand: its node may be syncing, or it is another L1`,
    { retry: true },
  );
}
