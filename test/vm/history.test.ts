import { expect } from "chai";
import { commit } from "../../vm/commit/commit";
import { toHex } from "../../vm/commit/bytes";
import { VmError } from "../../vm/errors";
import { flatten } from "../../vm/flatten";
import { history, historySync } from "../../vm/history/history";
import { MachineTree, isInHistory, lastLeaf, rootFromProof } from "../../vm/history/machineTree";
import { emptyHost } from "../../vm/host";
import { Op } from "../../vm/isa";
import { createMachine } from "../../vm/machine";
import type { Machine, Program } from "../../vm/types";
import { compileProgram } from "./support/compile";
import { FlatMachine } from "./support/flatMachine";
import { leavesOf, naiveLevels } from "./support/naiveTree";
import { Random } from "./support/random";
import { syntheticProgram } from "./support/syntheticProgram";

const START = { input: new Uint8Array(32).fill(1), inboxLimit: { batchCount: 0n, delayedCount: 0n }, host: emptyHost };

describe("vm/history", function () {
  this.timeout(120_000);
  const random = new Random(4);

  for (const [count, height] of [
    [1, 0],
    [1, 1],
    [2, 1],
    [1, 5],
    [3, 2],
    [5, 4],
    [8, 3],
    [9, 6],
    [63, 6],
    [64, 6],
    [65, 9],
  ]) {
    it(`pads ${count} leaves by the last up to height ${height}, node by node`, () => {
      const bytes = random.bytes(32 * count);
      const tree = new MachineTree(bytes.slice(), height);
      const leaves = leavesOf(bytes, count);
      const padded = Array.from({ length: 2 ** height }, (_, i) => leaves[Math.min(i, count - 1)]);
      const levels = naiveLevels("node", padded);
      for (let h = height; h >= 0; --h)
        for (let i = 0; i < levels[h].length; ++i) expect(toHex(tree.node(h, i))).to.equal(toHex(levels[h][i]));
      for (let i = 0; i < tree.size; ++i) {
        expect(isInHistory(tree.root, tree.leaf(i), i, tree.proof(i))).to.equal(true);
        expect(isInHistory(tree.root, random.bytes(32), i, tree.proof(i))).to.equal(false);
      }
      expect(toHex(lastLeaf(tree.leaf(tree.size - 1), tree.lastLeafSpine()))).to.equal(toHex(tree.root));
      for (let h = 1; h <= height; ++h) {
        for (let i = 0; i < levels[h].length; ++i) {
          const last = tree.leaf((i + 1) * 2 ** h - 1);
          expect(toHex(lastLeaf(last, tree.spine(h, i)))).to.equal(toHex(levels[h][i]));
          expect(tree.children(h, i).map(toHex)).to.deep.equal(
            [levels[h - 1][2 * i], levels[h - 1][2 * i + 1]].map(toHex),
          );
        }
      }
    });
  }

  it("answers at height 40, where the padding is a trillion leaves", () => {
    const tree = new MachineTree(random.bytes(32 * 1000), 40);
    const last = 2 ** 40 - 1;
    expect(toHex(tree.leaf(last))).to.equal(toHex(tree.leaf(999)));
    expect(toHex(lastLeaf(tree.leaf(last), tree.lastLeafSpine()))).to.equal(toHex(tree.root));
    for (const index of [0, 999, 1000, 2 ** 39 - 1, 2 ** 39, last])
      expect(toHex(rootFromProof(tree.leaf(index), index, tree.proof(index)))).to.equal(toHex(tree.root));
  });

  it("is the same after it was saved, and refuses bytes that it did not save", () => {
    const tree = new MachineTree(random.bytes(32 * 77), 20);
    const bytes = tree.toBytes();
    expect(toHex(MachineTree.fromBytes(bytes).root)).to.equal(toHex(tree.root));
    const badHeight = bytes.slice();
    badHeight[11] = 3;
    const badMagic = bytes.slice();
    badMagic[0] ^= 1;
    for (const bad of [
      bytes.subarray(1),
      bytes.subarray(0, 10),
      bytes.subarray(0, bytes.length - 1),
      badHeight,
      badMagic,
    ])
      expect(() => MachineTree.fromBytes(bad))
        .to.throw(VmError)
        .with.property("code", "vm.malformed-history");
  });

  it("refuses trees and questions outside of the format", () => {
    for (const [leaves, height] of [
      [0, 3],
      [9, 3],
      [1, 41],
      [1, -1],
      [1, 1.5],
    ])
      expect(() => new MachineTree(new Uint8Array(32 * leaves), height)).to.throw(VmError);
    expect(() => new MachineTree(new Uint8Array(33), 3)).to.throw(VmError);
    const tree = new MachineTree(random.bytes(32 * 4), 3);
    for (const [height, index] of [
      [4, 0],
      [0, 8],
      [3, 1],
      [-1, 0],
      [0, -1],
      [0, 0.5],
    ])
      expect(() => tree.node(height, index)).to.throw(VmError);
    expect(() => tree.children(0, 0)).to.throw(VmError);
  });

  it("V61: ends with the last hash of a machine that stops, and says nothing else about what never was", async () => {
    const program = syntheticProgram([
      { op: Op.const, d: 0, a: 0, b: 0, imm: 1n },
      { op: Op.const, d: 1, a: 0, b: 0, imm: 2n },
      { op: Op.end, d: 0, a: 0, b: 0, imm: 0n },
    ]);
    const machine = new FlatMachine(program, START);
    const tree = await history(machine, { from: 0n, stride: 1n, height: 4 });
    expect(tree.count).to.equal(3);
    expect(toHex(tree.leaf(15))).to.equal(toHex(commit(machine)));
    const strided = historySync(createMachine(program, START), { from: 0n, stride: 2n, height: 40 });
    expect(strided.count).to.equal(2);
    expect([strided.leaf(0), strided.leaf(1)].map(toHex)).to.deep.equal([tree.leaf(1), tree.leaf(2)].map(toHex));
    const past = historySync(createMachine(program, START), { from: 100n, stride: 5n, height: 3 });
    expect(past.count).to.equal(1);
    expect(toHex(past.leaf(7))).to.equal(toHex(commit(machine)));
  });

  it("is constant for a machine that trapped before its first step", () => {
    const program = syntheticProgram([]);
    const machine = createMachine(program, { ...START, input: new Uint8Array(32) });
    const start = toHex(commit(machine));
    const tree = historySync(machine, { from: 0n, stride: 4n, height: 10 });
    expect([tree.count, toHex(tree.leaf(1023))]).to.deep.equal([1, start]);
  });

  describe("of a real run", () => {
    let program: Program;
    const create = (): Machine => createMachine(program, START);
    before(async () => {
      program = flatten(await compileProgram("sponge", 1024));
    });

    it("has the machine hashes of the reference as leaves", async () => {
      const small = flatten(await compileProgram("sponge", 33));
      const reference = new FlatMachine(small, START);
      const tree = await history(createMachine(small, START), { from: 500n, stride: 3n, height: 7 });
      for (let i = 0; i < 128; ++i) {
        reference.run(500n + 3n * BigInt(i + 1));
        expect(toHex(tree.leaf(i)), `leaf ${i}`).to.equal(toHex(commit(reference)));
      }
    });

    it("agrees between levels: the last leaf below is the leaf above", async () => {
      const [above, below] = [6n, 9];
      const tree = historySync(create(), { from: 0n, stride: 1n << BigInt(below), height: Number(above) });
      for (const index of [0, 1, 37, 63]) {
        const from = BigInt(index) << BigInt(below);
        const inner = historySync(create(), { from, stride: 1n, height: below });
        expect(toHex(inner.leaf(2 ** below - 1))).to.equal(toHex(tree.leaf(index)));
      }
    });

    it("commits to 2^16 consecutive steps of a 64 MiB machine in seconds", () => {
      const started = performance.now();
      const tree = historySync(create(), { from: 100_000n, stride: 1n, height: 16 });
      expect(tree.count).to.equal(2 ** 16);
      expect(performance.now() - started).to.be.lessThan(20_000);
    });
  });
});
