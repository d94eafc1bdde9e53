import { readFileSync } from "node:fs";
import { StoreHost } from "../../../node/engine/host";
import { fromHex, toHex } from "../../../protocol";
import { buildPath } from "../../../vm/build-path";
import { flatten } from "../../../vm/flatten";
import { createMachine } from "../../../vm/machine";
import { Status, type Program } from "../../../vm/types";
import { KINDS, MixedChain, type Kind } from "./mixedChain";

/** Transactions of a kind in the block that is measured. */
const COUNT = 18;

export interface KindSteps {
  kind: Kind;
  /** Each of them, in the mean; the block around them left out. */
  gas: number;
  steps: number;
}

/** Steps of the proof VM for one transaction of each kind, and for the block around them. */
export async function countSteps(): Promise<{ empty: number; kinds: KindSteps[] }> {
  const chain = await MixedChain.create();
  const program = flatten(readFileSync(buildPath("stf.wasm")));
  const empty = await stepsOfBlock(program, chain, {});
  const kinds: KindSteps[] = [];
  for (const kind of KINDS) {
    const { steps, gas } = await stepsOfBlock(program, chain, { [kind]: COUNT });
    kinds.push({ kind, gas: gas / COUNT, steps: (steps - empty.steps) / COUNT });
  }
  return { empty: empty.steps, kinds };
}

async function stepsOfBlock(program: Program, chain: MixedChain, counts: Partial<Record<Kind, number>>) {
  const before = chain.outputRoot;
  const block = await chain.addBlock(counts);
  const host = new StoreHost(chain.inbox.nodes);
  host.begin(chain.inbox);
  const { batchCount, delayedCount } = chain.inbox;
  const machine = createMachine(program, { input: fromHex(before), inboxLimit: { batchCount, delayedCount }, host });
  machine.run(1n << 40n);
  if (machine.status !== Status.halted || toHex(machine.registers().output) !== block.outputRoot)
    throw new Error("the proof VM and V8 differ");
  const steps = Number(machine.steps);
  machine.dispose();
  return { steps, gas: Number(block.header.gasUsed) };
}
