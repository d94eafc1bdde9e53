import hre from "hardhat";
import { getBytes, type TransactionReceipt } from "ethers";

/**
 * Prices of the fork that is scheduled for L1, against Osaka's: arithmetic, because no client that runs here has it yet. Values are drafts.
 * Source: EIP-7773 and the EIPs it lists (2780 base, 7976 calldata floor, 8037 and 8038 state).
 */
const NEXT = { base: 15_000, newSlot: 110_020, rewrittenSlot: 12_100, codeByte: 1_530, floorPerByte: 64 };
const OSAKA = { base: 21_000, newSlot: 22_100, rewrittenSlot: 5_000, codeByte: 200 };

interface TraceStep {
  op: string;
  gasCost: number;
  depth: number;
}

/** What a mined transaction uses under both, before refunds; and what decides. */
export interface TwoForks {
  osaka: number;
  next: number;
  newSlots: number;
  rewrittenSlots: number;
  codeBytes: number;
  calldataBytes: number;
}

/**
 * Counts the slots that a transaction made and rewrote, and prices them anew.
 * @param codeBytes - Bytes of the contracts that it made.
 */
export async function bothForks(receipt: TransactionReceipt, codeBytes = 0): Promise<TwoForks> {
  const transaction = (await hre.ethers.provider.getTransaction(receipt.hash))!;
  const { structLogs } = (await hre.network.provider.send("debug_traceTransaction", [
    receipt.hash,
    { disableStorage: true, disableMemory: true, disableStack: true },
  ])) as { structLogs: TraceStep[] };
  const written = structLogs.filter(({ op }) => op === "SSTORE").map(({ gasCost }) => gasCost);
  const newSlots = written.filter((gas) => gas >= 20_000).length;
  const rewrittenSlots = written.filter((gas) => gas >= 2_900 && gas < 20_000).length;
  const calldataBytes = getBytes(transaction.data).length;
  const osaka = Number(receipt.gasUsed);
  const executed =
    osaka -
    OSAKA.base +
    NEXT.base +
    newSlots * (NEXT.newSlot - OSAKA.newSlot) +
    rewrittenSlots * (NEXT.rewrittenSlot - OSAKA.rewrittenSlot) +
    codeBytes * (NEXT.codeByte - OSAKA.codeByte);
  const floor = NEXT.base + NEXT.floorPerByte * calldataBytes;
  return { osaka, next: Math.max(executed, floor), newSlots, rewrittenSlots, codeBytes, calldataBytes };
}
