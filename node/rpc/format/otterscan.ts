import { quantity } from "../../../protocol/quantity";
import type { ChainBlock, ChainReader, ChainReceipt } from "../../chain/types";
import type { CallFrame } from "../../engine/types";
import { formatBlock, formatHeader } from "./block";
import { bytesToHex } from "./hex";
import { formatReceipt } from "./receipt";

/** Kinds of operations that move ether, by Otterscan's numbers. */
const OPERATIONS: Readonly<Partial<Record<CallFrame["type"], number>>> = {
  CALL: 0,
  SELFDESTRUCT: 1,
  CREATE: 2,
  CREATE2: 3,
};
/** Characters of a selector in hex, with its prefix. */
const SELECTOR_LENGTH = 10;

/** The tree of calls as one list, parents first. `value`: null where the call has none. */
export function formatEntries(root: CallFrame): Record<string, unknown>[] {
  const entries: Record<string, unknown>[] = [];
  const visit = (frame: CallFrame, depth: number): void => {
    entries.push({
      ...{ type: frame.type, depth, from: frame.from, to: frame.to ?? null },
      value: frame.type === "DELEGATECALL" || frame.value === undefined ? null : quantity(frame.value),
      input: bytesToHex(frame.input),
      output: bytesToHex(frame.output ?? new Uint8Array(0)),
    });
    frame.calls.forEach((call) => visit(call, depth + 1));
  };
  visit(root, 0);
  return entries;
}

/** Transfers of ether, creations and self-destructs below the outermost call, in their order; what was reverted did not happen. */
export function formatOperations(root: CallFrame): Record<string, unknown>[] {
  const operations: Record<string, unknown>[] = [];
  const visit = (frame: CallFrame): void => {
    if (frame.error !== undefined) return;
    const type = OPERATIONS[frame.type];
    const { from, to, value = 0n } = frame;
    if (frame !== root && type !== undefined && (type !== OPERATIONS.CALL || value > 0n))
      operations.push({ type, from, to, value: quantity(value) });
    frame.calls.forEach(visit);
  };
  visit(root);
  return operations;
}

/** A block without its transactions and its bloom; what its senders paid, base fee and tips, in wei. No block of this chain issues ether. */
export function formatBlockDetails(chain: ChainReader, block: ChainBlock): Record<string, unknown> {
  const { transactions: _, ...shown } = formatBlock(chain, block, false);
  const fees = chain.blockReceipts(block).reduce((sum, receipt) => sum + feeOf(receipt), 0n);
  return {
    block: { ...shown, totalDifficulty: "0x0", logsBloom: null, transactionCount: block.transactionHashes.length },
    issuance: { blockReward: "0x0", uncleReward: "0x0", issuance: "0x0" },
    totalFees: quantity(fees),
  };
}

/**
 * One page of a block's transactions and receipts, in the order of the block; page 0 ends with the last transaction. Of calldata the
 * selector, of receipts no logs.
 */
export function formatBlockPage(
  chain: ChainReader,
  block: ChainBlock,
  page: { number: number; size: number },
): Record<string, unknown> {
  const end = Math.max(0, block.transactionHashes.length - page.number * page.size);
  const start = Math.max(0, end - page.size);
  const { transactions, ...shown } = formatBlock(chain, block, true);
  const some = (transactions as { input: string }[]).slice(start, end);
  return {
    fullblock: {
      ...shown,
      totalDifficulty: "0x0",
      logsBloom: null,
      transactionCount: block.transactionHashes.length,
      transactions: some.map((tx) => ({ ...tx, input: tx.input.slice(0, SELECTOR_LENGTH) })),
    },
    receipts: chain
      .blockReceipts(block)
      .slice(start, end)
      .map((receipt) => ({ ...formatTimedReceipt(receipt), logs: null, logsBloom: null })),
  };
}

/** A receipt with its block's time in seconds, as a quantity. */
export function formatTimedReceipt(receipt: ChainReceipt): Record<string, unknown> {
  return { ...formatReceipt(receipt), timestamp: quantity(receipt.transaction.blockTimestamp) };
}

/** As erigon_getHeaderByNumber has it. */
export function formatBareHeader(block: ChainBlock): Record<string, unknown> {
  return { ...formatHeader(block), size: quantity(block.sizeBytes) };
}

function feeOf({ gasUsed, effectiveGasPrice }: ChainReceipt): bigint {
  return gasUsed * effectiveGasPrice;
}
