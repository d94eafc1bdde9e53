import { Commitments } from "../../challenger/commitments/commitments";
import { MachinePool } from "../../challenger/commitments/pool";
import { RecordingStore } from "../../challenger/commitments/recording";
import { DEFAULT_OPTIONS } from "../../devnet/devnet";
import { openProgram } from "../../node/engine";
import type { InboxState } from "../../games/edges";
import { toHex, ZERO_HASH } from "../../protocol";
import { TestChain } from "../vm/support/chain";

const WRITERS = ["55", "56", "57"].map((byte) => `0x${byte.repeat(20)}`);
/** Writes its argument's number of slots, from the highest down. */
const WRITER_CODE = "0x6000355b808055600190038060035700";
const TRANSFERS = 100;
/** Slots that each writer writes. */
const SLOTS = 119;

/** From a false assertion over a block of 10 million gas to the commitments of all three levels, the block's run recorded first. */
export async function bench(): Promise<string> {
  const chain = new TestChain(Object.fromEntries(WRITERS.map((address) => [address, { code: WRITER_CODE }])));
  const transactions: Uint8Array[] = [];
  for (let i = 0; i < TRANSFERS; i++)
    transactions.push(
      await chain.sign({ to: `0x${(i + 1).toString(16).padStart(40, "0")}`, value: 1n, gasLimit: 21_000n }),
    );
  const data = `0x${SLOTS.toString(16).padStart(64, "0")}`;
  for (const to of WRITERS) transactions.push(await chain.sign({ to, data, gasLimit: 4_000_000n }));
  chain.addBatch([transactions]);
  const inbox: InboxState = {
    batchCount: Number(chain.batchCount),
    lastBatch: toHex(chain.batchRecord(0n)),
    delayedCount: 0,
    lastDelayed: ZERO_HASH,
  };
  const store = new RecordingStore(chain.nodes);
  const pool = new MachinePool(1);
  const { heights } = DEFAULT_OPTIONS;
  try {
    const options = {
      program: openProgram({ nodes: store }),
      store,
      pool,
      heights,
      inboxView: () => chain,
      cacheDir: null,
    };
    const commitments = new Commitments(options);
    const start = chain.genesis.outputRoot;
    const times: number[] = [];
    const timed = async <T>(work: () => Promise<T>): Promise<T> => {
      const from = performance.now();
      const result = await work();
      times.push((performance.now() - from) / 1000);
      return result;
    };
    const { outputs } = await timed(() => commitments.outputs(start, inbox));
    const { steps } = await timed(() => commitments.strides(start, inbox));
    const middle = Number(steps >> BigInt(heights[2] + 1));
    await timed(() => commitments.steps(start, inbox, middle));
    const { gasUsed } = chain.header(outputs[0]);
    const total = times.reduce((sum, seconds) => sum + seconds, 0);
    const rows = ["0: output roots", "1: machine hashes every 2^17 steps", "2: every step of one stretch"];
    return [
      `A block of ${(Number(gasUsed) / 1e6).toFixed(1)} million gas (${TRANSFERS} transfers, ${WRITERS.length * SLOTS} slots written), ` +
        `${(Number(steps) / 1e6).toFixed(0)} million steps of the proof VM. Commitments of all levels are ready ${total.toFixed(1)} s after the false assertion.`,
      "",
      "| level | s |",
      "|---|---|",
      ...rows.map((row, i) => `| ${row} | ${times[i].toFixed(2)} |`),
    ].join("\n");
  } finally {
    await pool.close();
  }
}
