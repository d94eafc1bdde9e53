import { loopContract } from "./steps/assembler";
import { opcodeCases, precompileLoops, type Case } from "./steps/cases";
import { WORST_BLOCKS, type WorstBlock } from "./steps/blocks";
import { measureKinds, type KindCost } from "./steps/kinds";
import { marginalCost, runBlock, type BlockCost } from "./steps/measure";

/** What no opcode, precompile or transaction may exceed: 30 million gas then stay below 2^34 steps. */
export const MOST_STEPS_A_GAS = 572;

/** Gas of a block. */
export const BLOCK_GAS = 30_000_000n;
/** What the game can tell apart at its least heights. */
export const MOST_STEPS = 1n << 34n;

export type Ratio = { name: string; stepsAGas: number };

/** Steps of the program per gas in the proof VM, for each opcode and precompile at its worst. */
export async function bench(): Promise<string> {
  const opcodes = await measureAll(opcodeCases());
  const precompiles = await measureAll(precompileLoops());
  const blocks = await runWorstBlocks(WORST_BLOCKS, BLOCK_GAS);
  const kinds = await measureKinds();
  return [
    blockTable(blocks),
    "",
    kindTable(kinds),
    "",
    table("opcode", opcodes),
    "",
    table("precompile", precompiles),
  ].join("\n");
}

/** Measures loops; the dearest first. */
export async function measureAll(cases: Case[], onEach: (ratio: Ratio) => void = () => {}): Promise<Ratio[]> {
  const ratios: Ratio[] = [];
  for (const { name, prelude = "", body, repeat = 100, data } of cases) {
    const { steps, gas } = await marginalCost(loopContract(prelude, body, repeat, data));
    const ratio = { name, stepsAGas: steps / gas };
    onEach(ratio);
    ratios.push(ratio);
  }
  return ratios.sort((left, right) => right.stepsAGas - left.stepsAGas);
}

function table(what: string, ratios: Ratio[]): string {
  const rows = ratios.map(({ name, stepsAGas }) => `| ${name} | ${stepsAGas.toFixed(1)} |`);
  return [`| ${what} | steps per gas (bar: ${MOST_STEPS_A_GAS}) |`, "|---|---|", ...rows].join("\n");
}

export type BlockResult = BlockCost & { name: string; gas: bigint };

/**
 * Runs each worst block with that much gas; of several in a row the dearest counts.
 * @throws Error where one traps or takes more than 2^34 steps.
 */
export async function runWorstBlocks(
  blocks: WorstBlock[],
  gas: bigint,
  onEach: (result: BlockResult) => void = () => {},
): Promise<BlockResult[]> {
  const results: BlockResult[] = [];
  for (const { name, chain: make, blocks: count = 1 } of blocks) {
    const chain = await make(gas);
    const costs = [runBlock(chain)];
    while (costs.length < count) costs.push(runBlock(chain, costs.at(-1)!.output));
    const dearest = costs.reduce((most, cost) => (cost.steps > most.steps ? cost : most));
    const result = { name, gas, ...dearest };
    onEach(result);
    results.push(result);
  }
  return results.sort((left, right) => Number(right.steps - left.steps));
}

function blockTable(results: BlockResult[]): string {
  const rows = results.map(
    ({ name, steps, gasUsed, transactions }) =>
      `| ${name} | ${transactions} | ${gasUsed} | ${(Number(steps) / 1e6).toFixed(0)} | ${((100 * Number(steps)) / Number(MOST_STEPS)).toFixed(1)} % |`,
  );
  return [
    `| block of ${BLOCK_GAS} gas | transactions | gas used | million steps | of 2^34 (bar: 100 %) |`,
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function kindTable(costs: KindCost[]): string {
  const rows = costs.map(({ name, steps, gas }) => `| ${name} | ${Math.round(steps)} | ${Math.round(gas)} |`);
  return ["| one more transaction in a block | steps | gas |", "|---|---|---|", ...rows].join("\n");
}
