import { expect } from "chai";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { createKeccak } from "hash-wasm";
import { CodeTree } from "../../vm/commit/codeTree";
import { commit } from "../../vm/commit/commit";
import { concatBytes, toHex } from "../../vm/commit/bytes";
import { keccak256, tag } from "../../vm/commit/hasher";
import { REGISTER_BYTES, decodeRegisters, encodeRegisters } from "../../vm/commit/machineHash";
import { MemoryTree } from "../../vm/commit/memoryTree";
import { multiproof, multiproofRoot } from "../../vm/commit/multiproof";
import { commitProgram } from "../../vm/commit/program";
import { VmError } from "../../vm/errors";
import { flatten } from "../../vm/flatten";
import { MachineTree } from "../../vm/history/machineTree";
import { emptyHost } from "../../vm/host";
import { createMachine } from "../../vm/machine";
import { PAGE_BYTES, type Machine, type Program } from "../../vm/types";
import { compileProgram } from "./support/compile";
import { leavesOf, naiveLevels, naiveRoot } from "./support/naiveTree";
import { Random } from "./support/random";

describe("vm/commit", function () {
  this.timeout(120_000);
  const random = new Random(3);

  it("hashes as keccak-256 does, at every length around the block size and beyond the buffer", () => {
    const lengths = [...Array(300).keys(), 1359, 1360, 1361, 2 ** 20, 2 ** 20 + 1];
    for (const length of lengths) {
      const bytes = length > 5000 ? new Uint8Array(length).fill(7) : random.bytes(length);
      expect(toHex(keccak256(bytes)), `${length} bytes`).to.equal(toHex(keccak_256(bytes)));
    }
  });

  it("keeps the memory tree equal to the naive one, with few cached pages and pages that become zero again", () => {
    const depth = 10;
    const tree = new MemoryTree(depth, 3);
    const memory = new Uint8Array(32 * 2 ** depth);
    const page = (number: number): Uint8Array => memory.slice(number * PAGE_BYTES, (number + 1) * PAGE_BYTES);
    expect(toHex(tree.root())).to.equal(toHex(naiveRoot("memory", leavesOf(memory, 2 ** depth))));
    for (let round = 0; round < 24; ++round) {
      const touched = new Set(Array.from({ length: 1 + random.below(3) }, () => random.below(tree.pages)));
      for (const number of touched) {
        const start = number * PAGE_BYTES;
        const kind = random.below(4);
        if (kind === 0) memory.fill(0, start, start + PAGE_BYTES);
        else if (kind === 1) memory.set(random.bytes(PAGE_BYTES), start);
        else memory.set(random.bytes(40), start + random.below(PAGE_BYTES - 40));
        tree.update(number, memory, start);
      }
      const levels = naiveLevels("memory", leavesOf(memory, 2 ** depth));
      expect(toHex(tree.root()), `round ${round}`).to.equal(toHex(levels[depth][0]));
      for (let i = 0; i < 20; ++i) {
        const height = random.below(depth + 1);
        const index = random.below(2 ** (depth - height));
        expect(toHex(tree.node(height, index, page))).to.equal(toHex(levels[height][index]));
      }
    }
  });

  it("proves any leaves at once, and rejects a proof with one bit, one byte or one hash changed", () => {
    const depth = 8;
    const leaves = leavesOf(random.bytes(32 * 2 ** depth), 2 ** depth);
    const levels = naiveLevels("memory", leaves);
    for (let round = 0; round < 100; ++round) {
      const chosen = new Set(Array.from({ length: 1 + random.below(5) }, () => random.below(2 ** depth)));
      if (round % 3 === 0) for (const index of [...chosen]) chosen.add(index ^ 1);
      const indices = [...chosen].sort((left, right) => left - right);
      const values = indices.map((index) => leaves[index]);
      const siblings = multiproof(depth, indices, (height, index) => levels[height][index]);
      const rootOf = (proof: Uint8Array): string =>
        toHex(multiproofRoot(tag("memory"), depth, indices, values, proof) ?? new Uint8Array(32));
      const root = toHex(levels[depth][0]);
      expect(rootOf(siblings)).to.equal(root);
      const flipped = siblings.slice();
      flipped[random.below(flipped.length)] ^= 1 << random.below(8);
      expect(rootOf(flipped)).to.not.equal(root);
      expect(rootOf(siblings.subarray(32))).to.not.equal(root);
      expect(rootOf(siblings.subarray(0, siblings.length - 1))).to.not.equal(root);
      expect(rootOf(concatBytes([siblings, new Uint8Array(32)]))).to.not.equal(root);
    }
  });

  it("V35: hashes code as a tree of two instructions a leaf, padded with zeros", () => {
    for (const instructions of [1, 2, 3, 4, 5, 8, 9, 31, 100]) {
      const code = random.bytes(16 * instructions);
      const tree = new CodeTree(code);
      const levels = naiveLevels("code", leavesOf(code, 2 ** tree.depth));
      expect(2 ** tree.depth).to.be.greaterThanOrEqual(instructions / 2);
      expect(toHex(tree.root)).to.equal(toHex(levels[tree.depth][0]));
      for (let pc = 0; pc < 2 ** (tree.depth + 1); ++pc) {
        const { leaf, siblings } = tree.proof(pc);
        expect(toHex(leaf)).to.equal(toHex(levels[0][pc >> 1]));
        siblings.forEach((sibling, height) =>
          expect(toHex(sibling)).to.equal(toHex(levels[height][((pc >> 1) >> height) ^ 1])),
        );
      }
      expect(tree.has(2 ** (tree.depth + 1))).to.equal(false);
      expect(() => tree.proof(2 ** (tree.depth + 1))).to.throw(VmError);
    }
  });

  it("V35: hashes every kind of thing under a tag of its own", () => {
    const names = ["machine", "memory", "code", "program", "node", "precompile", "chunks", "batch", "message"];
    const tags = names.map((name) => toHex(tag(name)));
    expect(new Set(tags).size).to.equal(names.length);
    names.forEach((name, i) =>
      expect(tags[i]).to.equal(toHex(keccak_256(new TextEncoder().encode(`solvent.${name}`)))),
    );
    // equal children, three trees: no node of one is a node of another
    const level = random.bytes(64);
    const nodes = ["memory", "code", "node"].map((name) => naiveRoot(name, leavesOf(level, 2)));
    expect(new Set(nodes.map(toHex)).size).to.equal(3);
    expect(toHex(nodes[1])).to.equal(toHex(new CodeTree(level).root));
    expect(toHex(nodes[2])).to.equal(toHex(new MachineTree(level, 1).root));
  });

  it("encodes registers in 128 bytes and back", () => {
    const registers = {
      pc: 2 ** 31 + 5,
      fp: 2 ** 32 - 8,
      status: 7,
      input: random.bytes(32),
      output: random.bytes(32),
      inboxLimit: { batchCount: 2n ** 64n - 1n, delayedCount: 3n },
    } as const;
    const root = random.bytes(32);
    const bytes = encodeRegisters(registers, root);
    expect(bytes.length).to.equal(REGISTER_BYTES);
    expect(decodeRegisters(bytes)).to.deep.equal({ registers, memoryRoot: root });
    expect(() => decodeRegisters(bytes.subarray(1))).to.throw(VmError);
  });

  describe("of a machine", () => {
    let program: Program;
    const start = {
      input: new Uint8Array(32).fill(1),
      inboxLimit: { batchCount: 0n, delayedCount: 0n },
      host: emptyHost,
    };
    const createAt = (step: bigint): Machine => {
      const machine = createMachine(program, start);
      machine.run(step);
      return machine;
    };

    before(async () => {
      program = flatten(await compileProgram("sponge", 33));
    });

    it("starts from the memory root that the program's commitment states", () => {
      const { memoryRoot } = commitProgram(program);
      const machine = createAt(0n);
      const tree = new MemoryTree(program.memoryDepth);
      for (let page = 0; page * PAGE_BYTES < program.memorySize; ++page)
        tree.update(page, machine.read(page * PAGE_BYTES, PAGE_BYTES));
      expect(memoryRoot).to.equal(toHex(tree.root()));
    });

    it("gives the same hash by small steps, by leaps, and after going back", () => {
      const walker = createAt(0n);
      const seen = new Map<bigint, string>();
      for (let step = 0n; step <= 60_000n; step += 7_919n) {
        walker.run(step);
        seen.set(step, toHex(commit(walker)));
      }
      for (const step of [15_838n, 0n, 55_433n, 7_919n]) {
        walker.run(step);
        expect(toHex(commit(walker)), `back to ${step}`).to.equal(seen.get(step));
        expect(toHex(commit(createAt(step))), `at once to ${step}`).to.equal(seen.get(step));
      }
    });

    it("V39: changes the program hash with every part of the program", () => {
      const hash = commitProgram(program).programHash;
      const code = program.code.slice();
      code[40] ^= 1;
      const segments = [{ address: 4096, bytes: Uint8Array.of(1) }];
      for (const change of [{ code }, { entryPc: 1 }, { segments }, { linearSize: 4096 }, { frameArea: 4096 }])
        expect(commitProgram({ ...program, ...change }).programHash).to.not.equal(hash);
      expect(commitProgram({ ...program }).programHash).to.equal(hash);
    });
  });

  it("rehashes a wholly changed page in less than the time of 100 keccaks of hash-wasm", async () => {
    const tree = new MemoryTree(22);
    const pages = Array.from({ length: 64 }, () => random.bytes(PAGE_BYTES));
    const hasher = await createKeccak(256);
    const input = random.bytes(96);
    const time = (work: () => void): number => {
      const started = performance.now();
      work();
      return performance.now() - started;
    };
    const rounds = 1500;
    const measure = (): number => {
      const page = time(() => {
        for (let i = 0; i < rounds; ++i) {
          tree.update(i % 3, pages[i % 64]);
          tree.root();
        }
      });
      const keccak = time(() => {
        for (let i = 0; i < 100 * rounds; ++i) hasher.init().update(input).digest("binary");
      });
      return page / keccak;
    };
    measure();
    expect(Math.min(measure(), measure())).to.be.lessThan(1);
  });
});
