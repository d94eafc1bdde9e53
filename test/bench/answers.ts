import { Commitments } from "../../challenger/commitments/commitments";
import { MachinePool } from "../../challenger/commitments/pool";
import { RecordingStore } from "../../challenger/commitments/recording";
import { WORST_ANSWER, LIES_AT_ONCE, leastResponseTime, referenceSeconds } from "../../deployment/answerTime";
import { defaultGame } from "../../deployment/economics";
import { openProgram } from "../../node/engine";
import type { InboxState } from "../../games/edges";
import { toHex, ZERO_HASH } from "../../protocol";
import { WORST_BLOCKS, type WorstBlock } from "./steps/blocks";
import { BLOCK_GAS } from "./steps";

/** The longest runs of the proof VM, the most pages that change, and the most to look up, of the blocks of the section `steps`. */
const BLOCKS = ["modexp of 32 bytes", "20 full branches deep", "alternate over 200 codes", "pairings of 100 points"];

/** What the answer to one lie about a worst block takes an honest party, in processor time: the figures of deployment/answerTime.ts. */
export async function bench(): Promise<string> {
  const { heights } = defaultGame();
  const rows: { name: string; seconds: number[] }[] = [];
  for (const block of WORST_BLOCKS.filter(({ name }) => BLOCKS.some((part) => name.includes(part))))
    rows.push({
      name: block.name,
      seconds: await measureBlock(block, heights.map(Number) as [number, number, number]),
    });
  const reference = Math.min(...[1, 2, 3].map(referenceSeconds));
  const worst = [0, 1, 2, 3].map((i) => Math.max(...rows.map(({ seconds }) => seconds[i])));
  const [record, strides, steps, witness] = worst.map((seconds) => Number(seconds.toFixed(1)));
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [
    `Seconds of one core for the commitments of a lie about a block of ${BLOCK_GAS} gas, heights ${heights.join(", ")}.`,
    "",
    line(["block", "its run, recorded", "level 1", "level 2", "witness of a step"]),
    "|---|---|---|---|---|",
    ...rows.map(({ name, seconds }) => line([name, ...seconds.map((value) => value.toFixed(1))])),
    line(["**each at its worst**", record, strides, steps, witness]),
    "",
    `\`deployment/answerTime.ts\`: reference ${reference.toFixed(3)} s, record ${record}, strides ${strides}, steps ${steps}, witness ${witness}.`,
    `From the figures that stand there (reference ${WORST_ANSWER.referenceSeconds} s): ${LIES_AT_ONCE} lies at once ask for a response time of ${leastResponseTime({ heights })} s.`,
  ].join("\n");
}

async function measureBlock({ chain: make }: WorstBlock, heights: [number, number, number]): Promise<number[]> {
  const chain = await make(BLOCK_GAS);
  const inbox: InboxState = {
    batchCount: Number(chain.batchCount),
    lastBatch: toHex(chain.batchRecord(chain.batchCount - 1n)),
    delayedCount: Number(chain.delayedCount),
    lastDelayed: ZERO_HASH,
  };
  const store = new RecordingStore(chain.nodes);
  const pool = new MachinePool(1);
  const program = openProgram({ nodes: store });
  const commitments = new Commitments({ program, store, pool, heights, inboxView: () => chain, cacheDir: null });
  const start = chain.genesis.outputRoot;
  const seconds: number[] = [];
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const from = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(from);
    seconds.push((user + system) / 1e6);
    return result;
  };
  try {
    await timed(() => commitments.outputs(start, inbox));
    const { steps } = await timed(() => commitments.strides(start, inbox));
    // The middle of the run: half of it lies before.
    const middle = steps / 2n;
    await timed(() => commitments.steps(start, inbox, Number(middle >> BigInt(heights[2]))));
    await timed(() => commitments.witness(start, inbox, middle));
    return seconds;
  } finally {
    await pool.close();
  }
}
