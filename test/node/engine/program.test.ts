import { expect } from "chai";
import { readFileSync } from "node:fs";
import { openProgram, StoreHost } from "../../../node/engine";
import { FreshMemory, importMemory } from "../../../node/engine/freshMemory";
import { Instance, loadModule } from "../../../node/engine/instance";
import { builtFile } from "../../../node/modules";
import { Reader } from "../../../vm/flatten/reader";
import { concatBytes, fromHex, keccak256, toHex } from "../../../protocol";
import { encodeBody, encodeSegment } from "../../../protocol/batch";
import type { Hex, InboxView, NodeStore } from "../../../protocol/types";
import { MemoryNodes } from "../../conformance/eest/memoryNodes";
import { Random } from "../../differential/support/random";
import { GENESIS_TIME, TestChain, type BatchInput } from "../../stf/support/chain";
import { transfer } from "../../stf/support/invalid";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const LIMITS = { initial: 1536, maximum: 1536 };
const CHUNK_BYTES = 4096;
const MEMORY_SECTION = 5;

/** What stands behind a store, and which of it was asked for. */
class Asked implements NodeStore {
  readonly hashes = new Set<Hex>();

  constructor(private readonly below: NodeStore) {}

  get(hash: Uint8Array): Uint8Array | undefined {
    this.hashes.add(toHex(hash));
    return this.below.get(hash);
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.below.put(hash, data);
  }
}

/** Batches, and the output root before each of the blocks that they make. */
function derived(batches: readonly BatchInput[]): { nodes: MemoryNodes; view: InboxView; roots: Hex[] } {
  const chain = new TestChain();
  const blocks = chain.derive(batches);
  const roots = [chain.genesis.outputRoot, ...blocks.map(({ block }) => block.outputRoot)];
  return { nodes: chain.nodes, view: chain.inboxOf(batches), roots };
}

function segmentOf(timestamp: bigint, transactions: Uint8Array[]): Uint8Array {
  return encodeSegment([encodeBody({ timestamp, messageCount: 0n, transactions })]);
}

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, Buffer.alloc(bytes.length)) === 0;
}

/** The output root after a run that has an instance and a memory of its own. */
function runAlone(module: WebAssembly.Module, nodes: NodeStore, view: InboxView, root: Hex): Hex {
  const host = new StoreHost(nodes);
  host.begin(view);
  return toHex(new Instance(module, host).run(fromHex(root)));
}

describe("engine: runs of the program", () => {
  const random = new Random(SEED);

  it("changes a module's memory into an import, and no other byte of its sections", () => {
    const wasm = Uint8Array.from(readFileSync(builtFile("stf.wasm")));
    const { wasm: patched, limits } = importMemory(wasm);
    expect(limits).to.deep.equal(LIMITS);
    // Globals, exports, functions and data stand behind the memory, as they were.
    const reader = new Reader(wasm, 8);
    for (let id = 0; id !== MEMORY_SECTION; reader.take(reader.u32())) id = reader.byte();
    const code = wasm.subarray(reader.offset);
    expect(code.length).to.be.greaterThan(wasm.length / 2);
    expect(Buffer.from(patched.subarray(patched.length - code.length)).equals(code)).to.equal(true);
  });

  it(`hands out zero memory whatever was written (seed ${SEED})`, () => {
    const fresh = new FreshMemory(LIMITS);
    for (let i = 0; i < 10; i++) {
      const bytes = new Uint8Array(fresh.take().buffer);
      expect(isZero(bytes)).to.equal(true);
      for (let writes = 0; writes < 20; writes++) bytes[random.int(bytes.length)] = 1 + random.int(255);
      bytes[i % 2 === 0 ? 0 : bytes.length - 1] = 1;
    }
  });

  it("replaces a memory of which much was written", () => {
    const fresh = new FreshMemory(LIMITS);
    const first = fresh.take();
    new Uint8Array(first.buffer).fill(1, 0, 1 << 20);
    expect(fresh.take()).to.equal(first);
    new Uint8Array(first.buffer).fill(1, 0, 64 << 20);
    const second = fresh.take();
    expect(second).to.not.equal(first);
    expect(isZero(new Uint8Array(second.buffer))).to.equal(true);
  });

  it(`V47 gives what runs in a memory of their own give, in any order, behind runs that failed (seed ${SEED})`, () => {
    const garbage = random.bytes(50_000);
    const batches = [
      { data: segmentOf(GENESIS_TIME + 1n, [transfer(0n), garbage.subarray(0, 400), transfer(1n)]) },
      { data: concatBytes(segmentOf(GENESIS_TIME + 2n, []), segmentOf(GENESIS_TIME + 3n, [transfer(2n)])) },
      { data: garbage },
      { data: segmentOf(GENESIS_TIME + 13n, [garbage]) },
      { data: new Uint8Array(0) },
    ];
    const { nodes, view, roots } = derived(batches);
    const store = new Failing(nodes);
    const program = openProgram({ nodes: store });
    const module = loadModule("stf.wasm");
    let failures = 0;
    for (let i = 0; i < 60; i++) {
      const root = roots[random.int(roots.length)];
      store.left = random.oneIn(3) ? random.int(20) : Infinity;
      let after: Hex | undefined;
      try {
        after = program.advance(root, view)?.outputRoot ?? root;
      } catch {
        failures++;
      }
      if (after !== undefined) expect(after).to.equal(runAlone(module, nodes, view, root));
    }
    expect(failures).to.be.within(5, 40);
  });

  it("reads no chunk of a batch that the block's segment does not lie in, but the last, which tells the length", () => {
    const sizes = [20_000, 30_000, 25_000];
    const segments = sizes.map((size, i) => segmentOf(GENESIS_TIME + 1n + BigInt(i), [random.bytes(size)]));
    const data = concatBytes(...segments);
    const { nodes, view, roots } = derived([{ data }]);
    const chunks = Array.from({ length: Math.ceil(data.length / CHUNK_BYTES) }, (_, i) =>
      toHex(keccak256(data.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES))),
    );
    let start = 0;
    segments.forEach(({ length }, i) => {
      const asked = new Asked(nodes);
      expect(openProgram({ nodes: asked }).advance(roots[i], view)!.outputRoot).to.equal(roots[i + 1]);
      // The parent's place is the end of the segment before, which is inflated to find that it is used up.
      const from = Math.floor((i === 0 ? 0 : start - segments[i - 1].length) / CHUNK_BYTES);
      const end = Math.ceil((start + length) / CHUNK_BYTES);
      const needed = chunks.filter((_, at) => (at >= from && at < end) || at === chunks.length - 1);
      expect(chunks.filter((hash) => asked.hashes.has(hash))).to.deep.equal(needed);
      start += length;
    });
  });

  it("costs at most half of a run whose memory is made for it, for an empty block of a full batch", function () {
    this.timeout(120_000);
    const bodies = Array.from({ length: 16_384 }, (_, i) =>
      encodeBody({ timestamp: GENESIS_TIME + 1n + BigInt(i), messageCount: 0n, transactions: [] }),
    );
    const chain = new TestChain();
    const view = chain.inboxOf([{ data: encodeSegment(bodies), l1Time: GENESIS_TIME + 1n }]);
    const { outputRoot } = chain.genesis;
    const program = openProgram({ nodes: chain.nodes });
    const module = loadModule("stf.wasm");
    const kept = processorMs(() => program.advance(outputRoot, view));
    const alone = processorMs(() => runAlone(module, chain.nodes, view, outputRoot));
    expect(kept / alone, `${kept.toFixed(1)} ms against ${alone.toFixed(1)} ms`).to.be.below(0.5);
  });
});

/** Processor milliseconds of one of many runs. */
function processorMs(run: () => unknown): number {
  const rounds = 100;
  for (let i = 0; i < 20; i++) run();
  const before = process.cpuUsage();
  for (let i = 0; i < rounds; i++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / rounds;
}

/** A store that has nothing more after so many answers. */
class Failing implements NodeStore {
  left = Infinity;

  constructor(private readonly below: NodeStore) {}

  get(hash: Uint8Array): Uint8Array | undefined {
    return this.left-- > 0 ? this.below.get(hash) : undefined;
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.below.put(hash, data);
  }
}
