import { readFileSync } from "node:fs";
import { StoreHost } from "../../../node/engine/host";
import type { Hex } from "../../../protocol/types";
import { decodeHeader, fromHex, toHex } from "../../../protocol";
import { TestChain } from "../../vm/support/chain";
import { buildPath } from "../../../vm/build-path";
import { flatten } from "../../../vm/flatten";
import { createMachine } from "../../../vm/machine";
import { runToEnd } from "../../../vm/runToEnd";
import { Status, type Program } from "../../../vm/types";

/** Where the measured contract stands. */
export const TARGET = "0x0000000000000000000000000000000000004400";
/** Half a block; a transaction may have 16,777,216. */
export const TRANSACTION_GAS = 15_000_000n;

/** What a block took, and the output root after it. */
export type BlockCost = { steps: bigint; gasUsed: bigint; transactions: number; output: Hex };

let program: Program | undefined;

/**
 * Runs the chain's block after an output root, by default its first, in the fast interpreter.
 * @throws StepLimit over 2^34 steps; Error where the program traps.
 */
export function runBlock(chain: TestChain, from: Hex = chain.genesis.outputRoot): BlockCost {
  program ??= flatten(readFileSync(buildPath("stf.wasm")));
  const host = new StoreHost(chain.nodes);
  host.begin(chain);
  const { batchCount, delayedCount } = chain;
  const input = fromHex(from);
  const machine = createMachine(program, { input, inboxLimit: { batchCount, delayedCount }, host });
  const steps = runToEnd(machine);
  const { status, output } = machine.registers();
  if (status !== Status.halted) throw new Error(`the program trapped with status ${status} after ${steps} steps`);
  if (host.header === null || toHex(output) === from) throw new Error("the run made no block");
  const { gasUsed } = decodeHeader(host.header);
  return { steps, gasUsed, transactions: host.transactions.length, output: toHex(output) };
}

type Account = { balance?: string; code?: string; storage?: Record<string, string> };

/** A chain whose first block has transactions to a contract at `TARGET` that together bring `gas`. */
export async function contractChain(
  code: Uint8Array,
  gas: bigint,
  others: Record<string, Account> = {},
  data: Uint8Array = new Uint8Array(0),
): Promise<TestChain> {
  const chain = new TestChain({ [TARGET]: { code: toHex(code) }, ...others });
  const transactions: Uint8Array[] = [];
  for (let left = gas; left > 50_000n; left -= TRANSACTION_GAS) {
    const gasLimit = left < TRANSACTION_GAS ? left : TRANSACTION_GAS;
    transactions.push(await chain.sign({ to: TARGET, gasLimit, data: toHex(data) }));
  }
  chain.addBatch([transactions]);
  return chain;
}

/** Steps and gas of what a contract does with more gas: two runs, so that all that is done once falls out. */
export async function marginalCost(
  code: Uint8Array,
  others: Record<string, Account> = {},
  gas: readonly [bigint, bigint] = [400_000n, 900_000n],
): Promise<{ steps: number; gas: number }> {
  const less = runBlock(await contractChain(code, gas[0], others));
  const more = runBlock(await contractChain(code, gas[1], others));
  return { steps: Number(more.steps - less.steps), gas: Number(more.gasUsed - less.gasUsed) };
}
