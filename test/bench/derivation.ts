import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Chain } from "../../node/chain/chain";
import { Derivation } from "../../node/chain/derivation";
import { inboxViewOf } from "../../node/chain/inboxView";
import { openProgram } from "../../node/engine";
import { StoreHost } from "../../node/engine/host";
import { Instance, loadModule } from "../../node/engine/instance";
import { L1View } from "../../node/l1/view";
import { genesisFromJson } from "../../node/state";
import { Store } from "../../node/store/store";
import { concatBytes, decodeCursor, fromHex, putBatch, ZERO_HASH } from "../../protocol";
import { encodeBody, encodeSegment } from "../../protocol/batch";
import type { Hex } from "../../protocol/types";
import { genesisJson, GENESIS_TIME, RULES } from "../stf/support/chain";

/** As many empty blocks as a batch holds when each of its segments is as long as one of many blocks may be. */
const SEGMENTS = 3;
const BLOCKS_PER_SEGMENT = 16_384;
const BLOCKS = SEGMENTS * BLOCKS_PER_SEGMENT;
const RULES_OF_A_DAY = { ...RULES, maxDelay: 86_400n };
/** Runs that are measured with a memory made for each. */
const SAMPLE = 300;

/**
 * A verifier's chain derived from one full batch of empty blocks: program, store and all, but for what L1 has to be asked. Next to it
 * what a run costs whose memory is made for it, as the first block of the batch.
 */
export async function bench(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "solvent-derivation-"));
  const store = await Store.open(folder, "bench");
  try {
    const genesis = genesisFromJson(genesisJson(RULES_OF_A_DAY), store.nodes);
    const cursor = decodeCursor(genesis.header.extraData);
    const log = pino({ level: "silent" });
    const chain = await Chain.open(store, { ...genesis, cursor, transactions: [], receipts: [] }, log);
    const { view, size } = await fillInbox(store);
    const anew = measureAnew(store, view, genesis.outputRoot);
    const program = openProgram({ nodes: store.nodes });
    const derivation = await Derivation.open(chain, view, program, { keepsUnsafe: false }, log);
    const before = process.cpuUsage();
    const started = performance.now();
    const { derived } = await derivation.sync();
    const wall = (performance.now() - started) / 1000;
    const processor = processorMs(before) / 1000;
    if (derived !== BLOCKS) throw new Error(`${derived} blocks instead of ${BLOCKS}`);
    return report({ size, anew, wall, processor });
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fillInbox(store: Store): Promise<{ view: L1View; size: number }> {
  const bodies = Array.from({ length: BLOCKS }, (_, i) =>
    encodeBody({ timestamp: GENESIS_TIME + 1n + BigInt(i), messageCount: 0n, transactions: [] }),
  );
  const segments = Array.from({ length: SEGMENTS }, (_, i) =>
    encodeSegment(bodies.slice(i * BLOCKS_PER_SEGMENT, (i + 1) * BLOCKS_PER_SEGMENT)),
  );
  const data = concatBytes(...segments);
  const l1Time = GENESIS_TIME + BigInt(BLOCKS);
  const record = putBatch(store.nodes, data, { previous: ZERO_HASH, delayedCount: 0n, l1Number: 1n, l1Time });
  const view = await L1View.load(store);
  const block = { number: 1, hash: ZERO_HASH, parentHash: ZERO_HASH, time: Number(l1Time) };
  const batch = {
    ...{ index: 0, record, previousRecord: ZERO_HASH, chunksHash: ZERO_HASH, delayedCount: 0, l1Number: 1 },
    ...{ l1Time: Number(l1Time), forced: false, sizeBytes: data.length },
    ...{ l1BlockNumber: 1, l1BlockHash: ZERO_HASH, l1TransactionHash: ZERO_HASH },
  };
  await view.apply(null, [block], [batch], [], null);
  return { view, size: data.length };
}

/** Processor milliseconds of a run that gets an instance with a memory of its own. */
function measureAnew(store: Store, view: L1View, outputRoot: Hex): number {
  const module = loadModule("stf.wasm");
  const host = new StoreHost(store.nodes);
  const before = process.cpuUsage();
  for (let i = 0; i < SAMPLE; i++) {
    host.begin(inboxViewOf(view));
    new Instance(module, host).run(fromHex(outputRoot));
  }
  return processorMs(before) / SAMPLE;
}

function processorMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function report({ size, anew, wall, processor }: Record<"size" | "anew" | "wall" | "processor", number>): string {
  const each = (1000 * processor) / BLOCKS;
  return [
    `One batch of ${BLOCKS.toLocaleString("en")} empty blocks in ${size.toLocaleString("en")} bytes, derived by a node from an inbox that it has read: runs of the program, chain and database.`,
    "",
    "| | processor, ms a block | processor, minutes |",
    "|---|---|---|",
    `| the node (wall clock: ${(wall / 60).toFixed(1)} minutes) | ${each.toFixed(1)} | ${(processor / 60).toFixed(1)} |`,
    `| the program alone, with a memory made anew for each run | ${anew.toFixed(1)} | ${((anew * BLOCKS) / 60_000).toFixed(1)} |`,
  ].join("\n");
}
