import { expect } from "chai";
import { commit } from "../../vm/commit/commit";
import { toHex } from "../../vm/commit/bytes";
import { emptyHost } from "../../vm/host";
import { Op, binaryOp, type Instruction } from "../../vm/isa";
import { createMachine } from "../../vm/machine";
import { framesBase, type Machine } from "../../vm/types";
import { VmError } from "../../vm/errors";
import { syntheticProgram } from "./support/syntheticProgram";

const START = { input: new Uint8Array(32).fill(1), inboxLimit: { batchCount: 0n, delayedCount: 0n }, host: emptyHost };
/** Counts slot 0 up for ever. */
const counter: Instruction[] = [
  { op: binaryOp(0, true, true), d: 0, a: 0, b: 0, imm: 1n },
  { op: Op.jump, d: 0, a: 0, b: 0, imm: 0n },
];
const count = (machine: Machine): number => machine.read(framesBase(machine.program), 1)[0];

describe("machine: write", () => {
  const program = syntheticProgram(counter);
  let machine: Machine;
  beforeEach(() => (machine = createMachine(program, START)));

  it("changes the present state and all that follows, not what was before", () => {
    machine.run(10n);
    const before = toHex(commit(machine));
    machine.write(framesBase(program), Uint8Array.of(100));
    expect(toHex(commit(machine))).not.to.equal(before);
    machine.run(20n);
    expect(count(machine)).to.equal(105);
    machine.run(9n);
    expect(count(machine)).to.equal(5);
    machine.run(10n);
    expect(count(machine)).to.equal(100);
    machine.step();
    expect(count(machine)).to.equal(101);
  });

  it("meets a write when single steps reach it again", () => {
    machine.run(2n);
    machine.write(framesBase(program), Uint8Array.of(50));
    machine.run(0n);
    machine.step();
    expect(count(machine)).to.equal(1);
    machine.step();
    expect(count(machine)).to.equal(50);
  });

  it("holds at step 0, over checkpoints, and drops what came later", () => {
    machine.write(framesBase(program) + 1, Uint8Array.of(7));
    for (const step of [100n, 200n, 300n]) {
      machine.run(step);
      machine.checkpoint();
    }
    machine.write(framesBase(program), Uint8Array.of(1));
    machine.run(200n);
    machine.write(framesBase(program), Uint8Array.of(0));
    machine.run(300n);
    expect(count(machine)).to.equal(50);
    const there = toHex(commit(machine));
    machine.run(0n);
    expect(machine.read(framesBase(program), 2)).to.deep.equal(Uint8Array.of(0, 7));
    machine.run(300n);
    expect(toHex(commit(machine))).to.equal(there);
  });

  it("refuses what is not inside the memory", () => {
    for (const [address, length] of [
      [-1, 1],
      [program.memorySize, 1],
      [program.memorySize - 1, 2],
      [0, 0],
    ])
      expect(() => machine.write(address, new Uint8Array(length)))
        .to.throw(VmError)
        .with.property("code", "vm.bad-argument");
  });
});
