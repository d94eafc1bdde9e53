import { expect } from "chai";
import { readFileSync } from "node:fs";
import { StoreHost } from "../../node/engine/host";
import { openProgram } from "../../node/engine/program";
import { fromHex, toHex } from "../../protocol";
import { buildPath } from "../../vm/build-path";
import { flatten } from "../../vm/flatten";
import type { Host } from "../../vm/host";
import { createMachine } from "../../vm/machine";
import { FlatMemory } from "../../vm/reference/memory";
import { step } from "../../vm/reference/step";
import { PAGE_BYTES, Status, type Machine, type Program } from "../../vm/types";
import { TestChain } from "./support/chain";
import { Random } from "./support/random";

const WINDOWS = process.env.SOLVENT_FULL ? 100 : 4;
const WINDOW_STEPS = 1500;
const CODES = 40;

const address = (index: number): string => `0x${(0x4400 + index).toString(16).padStart(40, "0")}`;
/** Counts slot 0 up, logs a word, hashes 200 times. */
const WORKER = "0x6000546001016000556000546000526020600060aa60205fa15060c85b60206000206000526001900380601c5700";
/** Copies the whole code of each account from 0x4401 on to memory, until there is none. */
const READER = "0x6144015b803b80156015575f5f833c6001016003565b00";

describe("stf.wasm in the proof VM", function () {
  this.timeout(300_000);
  let program: Program;
  let memory: Uint8Array;
  before(() => {
    program = flatten(readFileSync(buildPath("stf.wasm")));
    memory = new Uint8Array(program.memorySize);
  });

  it("gives the output roots of V8 for blocks, messages, malformed batches and idle runs; the reference agrees in samples", async () => {
    const chain = new TestChain({ [address(0)]: { code: WORKER } });
    const to = `0x${"55".repeat(20)}`;
    const transfers = [];
    for (const type of [0, 1, 2]) transfers.push(await chain.sign({ type, to, value: 7n }));
    chain.addBatch([transfers, [await chain.sign({ to: address(0) })]]);
    chain.addMessage();
    chain.addMessage({ data: new Uint8Array(5000).fill(7), gasLimit: 400_000n });
    chain.addBatch([[await chain.sign({ data: "0x60015f5360015ff3" })]], 2n);
    chain.addRawBatch(new Uint8Array(300).fill(0xff));
    const blocks = runInBoth(chain);
    expect(blocks.map(({ transactions }) => transactions)).to.deep.equal([3, 1, 3, 0]);
  });

  it("reads codes of 24,576 bytes word after word", async () => {
    const codes = Array.from({ length: CODES }, (_, i) => {
      const code = new Uint8Array(24_576).fill(i + 1);
      return [address(i + 1), { code: toHex(code) }] as const;
    });
    const chain = new TestChain({ ...Object.fromEntries(codes), [address(0)]: { code: READER } });
    chain.addBatch([[await chain.sign({ to: address(0), gasLimit: 10_000_000n })]]);
    const [block] = runInBoth(chain);
    expect(block.steps).to.be.greaterThan((CODES * 24_576) / 32);
  });

  type Done = { transactions: number; steps: number };

  /** Runs the chain to its end, block by block. */
  function runInBoth(chain: TestChain): Done[] {
    const native = openProgram({ nodes: chain.nodes });
    const blocks: Done[] = [];
    for (let root = chain.genesis.outputRoot; ;) {
      const block = native.advance(root, chain);
      const { batchCount, delayedCount } = chain;
      const host = hostOf(chain);
      const machine = createMachine(program, { input: fromHex(root), inboxLimit: { batchCount, delayedCount }, host });
      machine.run(1n << 60n);
      const what = `block ${blocks.length + 1}: ${machine.steps} steps for ${block?.header.gasUsed ?? 0} gas`;
      expect(machine.status, what).to.equal(Status.halted);
      expect(toHex(machine.registers().output), what).to.equal(block?.outputRoot ?? root);
      console.log(`        ${block === null ? `idle run: ${machine.steps} steps` : what}`);
      compareSamples(machine, host, blocks.length);
      machine.dispose();
      if (block === null) return blocks;
      blocks.push({ transactions: block.transactions.length, steps: Number(machine.steps) });
      root = block.outputRoot;
    }
  }

  /** Goes back to random places and lets the reference do a stretch there. */
  function compareSamples(machine: Machine, host: Host, seed: number): void {
    const random = new Random(seed);
    const end = Number(machine.steps);
    for (let i = 0; i < WINDOWS; i++) {
      const from = BigInt(random.below(end));
      machine.run(from);
      for (let at = 0; at < memory.length; at += PAGE_BYTES) memory.set(machine.read(at, PAGE_BYTES), at);
      const registers = machine.registers();
      const flat = new FlatMemory(memory);
      for (let done = 0; done < WINDOW_STEPS; done++) step(program, registers, flat, host);
      machine.run(from + BigInt(WINDOW_STEPS));
      expect(registers).to.deep.equal(machine.registers());
      for (let at = 0; at < memory.length; at += PAGE_BYTES) {
        const page = machine.read(at, PAGE_BYTES);
        if (Buffer.compare(page, memory.subarray(at, at + PAGE_BYTES)) !== 0) expect.fail(`memory differs at ${at}`);
      }
    }
  }

  function hostOf(chain: TestChain): Host {
    const host = new StoreHost(chain.nodes);
    host.begin(chain);
    return host;
  }
});
