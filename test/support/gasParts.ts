import hre from "hardhat";
import { getBytes, type TransactionReceipt } from "ethers";

/** Gas of a transaction before its first instruction, by Osaka's rules. */
const BASE_GAS = 21_000;
const ZERO_BYTE_GAS = 4;
const NONZERO_BYTE_GAS = 16;

/** What an instruction of the outermost call is counted under; the rest is "everything else". */
const PARTS: [part: string, opcodes: RegExp][] = [
  ["storage written", /^SSTORE$/],
  ["storage read", /^SLOAD$/],
  ["contract made, its code included", /^CREATE2?$/],
  ["calls of other contracts", /^(STATICCALL|CALL|DELEGATECALL)$/],
  ["code of other contracts read", /^EXTCODE/],
  ["log", /^LOG\d$/],
  ["hashing", /^KECCAK256$|^SHA3$/],
];

interface TraceStep {
  op: string;
  depth: number;
  gas: number;
}

/**
 * Where the gas of a mined transaction went: base cost, calldata, and each kind of instruction of the outermost call, with all that
 * it called. The parts add up to the gas used before refunds.
 * @throws when they do not, or where the floor of calldata decided the cost.
 */
export async function gasParts(receipt: TransactionReceipt): Promise<Record<string, number>> {
  const transaction = (await hre.ethers.provider.getTransaction(receipt.hash))!;
  const trace = (await hre.network.provider.send("debug_traceTransaction", [
    receipt.hash,
    { disableStorage: true, disableMemory: true, disableStack: true },
  ])) as { structLogs: TraceStep[] };
  const outer = trace.structLogs.filter(({ depth }) => depth === 1);
  const calldata = getBytes(transaction.data).reduce(
    (gas, byte) => gas + (byte === 0 ? ZERO_BYTE_GAS : NONZERO_BYTE_GAS),
    0,
  );
  const parts: Record<string, number> = { "base of a transaction": BASE_GAS, calldata };
  for (const [i, { op, gas }] of outer.slice(0, -1).entries()) {
    const part = PARTS.find(([, opcodes]) => opcodes.test(op))?.[0] ?? "everything else";
    parts[part] = (parts[part] ?? 0) + gas - outer[i + 1].gas;
  }
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  if (Math.abs(sum - Number(receipt.gasUsed)) > 5) throw new Error(`parts add up to ${sum}, used ${receipt.gasUsed}`);
  return parts;
}
