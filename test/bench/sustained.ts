import { Devnet } from "../../devnet/devnet";
import { LoadClient, sleep } from "./rpc/client";
import { median } from "./stf/median";
import { Load, type BlockLoad } from "./sustained/load";
import { metric, watch, type Watched } from "./sustained/watch";

/** A phase of the run. @property blocks - how many blocks' load is sent. @property ahead - how many of them may wait in the pool. */
interface Phase {
  name: string;
  blocks: number;
  ahead: number;
  load: BlockLoad;
}
/** Seconds of the long phase. */
const SECONDS = Number(process.env.SOLVENT_BENCH_SECONDS ?? 600);
/** Two blocks a second of the wall clock, each a second later than the one before by its own time. */
const BLOCK_MS = 500;
/** Room for L2's clock to run ahead: a sequencer uses half of it. */
const AHEAD_SECONDS = 4 * SECONDS;
const TARGET_GAS = 15_000_000;
const PHASES: readonly Phase[] = [
  { name: "under the fee market's target", blocks: SECONDS * 2, ahead: 0, load: { calls: 9, transfers: 260 } },
  { name: "full", blocks: 100, ahead: 2, load: { calls: 20, transfers: 550 } },
];
const SLOW_MS = 50;

type Block = { timestamp: string; gasUsed: string; baseFeePerGas: string; transactions: unknown[] };
type Played = Watched & { phase: Phase; blocks: Block[]; caughtUp: Record<string, number> };

/** A whole devnet under blocks of 15 and 30 million gas, two a second, for ten minutes. */
export async function bench(): Promise<string> {
  const ports = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
  const times = { blockTimeMs: BLOCK_MS, l1IntervalMs: 1_000, batchAgeMs: 12_000, maxAheadSeconds: AHEAD_SECONDS };
  const devnet = new Devnet({ ...ports, ...times, logLevel: "warn" });
  try {
    const { l2 } = await devnet.start();
    const client = new LoadClient(l2.sequencer!, 16);
    const load = new Load(client, BigInt(l2.chainId));
    await load.prepare();
    const played: Played[] = [];
    for (const phase of PHASES) played.push(await play(devnet, client, load, phase));
    client.close();
    return report(played);
  } finally {
    await devnet.stop();
  }
}

async function play(devnet: Devnet, client: LoadClient, load: Load, phase: Phase): Promise<Played> {
  const head = async (): Promise<number> => Number(await client.call<string>("eth_blockNumber"));
  const first = await head();
  const each = phase.load.calls + phase.load.transfers;
  const waiting = async (): Promise<number> =>
    Number((await client.call<{ pending: string }>("txpool_status")).pending) / each;
  const watched = await watch(devnet, async () => {
    for (let sent = 0; sent < phase.blocks; sent++) {
      await load.send(phase.load);
      while ((await waiting()) > phase.ahead) await sleep(10);
    }
    while ((await waiting()) > 0) await sleep(50);
  });
  const last = await head();
  const caughtUp = await catchUp(devnet, last);
  const blocks: Block[] = [];
  for (let number = first + 1; number <= last; number++)
    blocks.push(await client.call<Block>("eth_getBlockByNumber", `0x${number.toString(16)}`, false));
  return { ...watched, phase, blocks, caughtUp };
}

/** @returns seconds after the last block until each has derived all of it from L1. */
async function catchUp(devnet: Devnet, last: number): Promise<Record<string, number>> {
  const started = performance.now();
  const until = async (actor: string): Promise<[string, number]> => {
    while ((await metric(devnet, actor, "solvent_head_safe")) < last) await sleep(200);
    return [actor, (performance.now() - started) / 1000];
  };
  return Object.fromEntries(await Promise.all(["sequencer", "verifier", "challenger"].map(until)));
}

function report(played: Played[]): string {
  return [
    "A whole devnet (L1, sequencer, verifier, challenger, each a process) and its load on this machine. The gas of a block is half calls of three loops,",
    `half transfers; blocks come each ${BLOCK_MS} ms of the wall clock and are a second apart by their own. The base fee grows by an eighth with each full block, so that no`,
    `chain is full for long: what lasts is the target, ${TARGET_GAS.toLocaleString("en")} gas a block. A block has at most twice that, by the rules.`,
    "",
    "| blocks | seconds | gas a block, median | million gas a second | transactions a second | sequencer's processor | verifier's | challenger's | L1's | the load's |",
    "|---|---|---|---|---|---|---|---|---|---|",
    ...played.map(speedRow),
    "",
    `Processor: seconds of each second. Behind: blocks between the sequencer's newest and an actor's, the most that was seen in the run (a batch is posted after 12 seconds or when it is full);`,
    "caught up: seconds from the last block until each had derived all blocks from L1.",
    "",
    "| blocks | verifier behind, by the feed | behind as derived from L1: sequencer | verifier | challenger | caught up: sequencer | verifier | challenger |",
    "|---|---|---|---|---|---|---|---|",
    ...played.map(lagRow),
    "",
    `Answers of \`eth_blockNumber\` of the sequencer meanwhile, asked one after the other.`,
    "",
    `| blocks | answers: median, ms | 99 of 100 | worst | over ${SLOW_MS} ms |`,
    "|---|---|---|---|---|",
    ...played.map(answersRow),
  ].join("\n");
}

function speedRow({ phase, blocks, seconds, processor }: Played): string {
  const gas = blocks.map(({ gasUsed }) => Number(gasUsed));
  const busy = gas.filter((one) => one > 0);
  const total = gas.reduce((sum, one) => sum + one, 0);
  const count = blocks.reduce((sum, { transactions }) => sum + transactions.length, 0);
  const of = (name: string): string => (processor[name] / seconds).toFixed(2);
  return row([
    `${busy.length} ${phase.name}`,
    seconds.toFixed(0),
    median(busy).toLocaleString("en"),
    (total / 1e6 / seconds).toFixed(1),
    (count / seconds).toFixed(0),
    ...["sequencer", "verifier", "challenger", "l1", "load"].map(of),
  ]);
}

function lagRow({ phase, behind, caughtUp }: Played): string {
  const names = ["verifier", "sequencer, safe", "verifier, safe", "challenger, safe"];
  const after = ["sequencer", "verifier", "challenger"].map((name) => caughtUp[name].toFixed(1));
  return row([phase.name, ...names.map((name) => String(behind[name])), ...after]);
}

function answersRow({ phase, answersMs }: Played): string {
  const sorted = [...answersMs].sort((a, b) => a - b);
  const slow = answersMs.filter((ms) => ms > SLOW_MS).length;
  return row([
    phase.name,
    median(sorted).toFixed(1),
    sorted[Math.floor(sorted.length * 0.99)].toFixed(0),
    sorted.at(-1)!.toFixed(0),
    `${slow} of ${answersMs.length}`,
  ]);
}

function row(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}
