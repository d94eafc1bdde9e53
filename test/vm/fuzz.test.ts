import { expect } from "chai";
import type binaryenModule from "binaryen";
import { flatten } from "../../vm/flatten";
import { FlatInstance } from "../../vm/invoke";
import { ISA } from "../../vm/isa";
import { traceStep } from "../../vm/trace";
import { FlatMemory } from "../../vm/reference/memory";
import { emptyHost } from "../../vm/host";
import { Status } from "../../vm/types";
import { randomModule } from "../support/random-module";

const MODULES = Number(process.env.SOLVENT_FUZZ ?? (process.env.SOLVENT_FULL ? 2000 : 80));
const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const STEP_LIMIT = 20_000;

describe("random modules", () => {
  let binaryen: typeof binaryenModule;
  before(async () => {
    binaryen = (await import("binaryen")).default;
  });

  it(`end alike in V8, the fast interpreter and the reference (SOLVENT_SEED=${SEED})`, () => {
    for (let seed = SEED; seed < SEED + MODULES; seed++) {
      const { bytes, args } = randomModule(binaryen, seed);
      const program = flatten(bytes, { entry: null, frameArea: 4096 * 4 });
      const fast = new FlatInstance(program, "fast");
      const reference = new FlatInstance(program, "reference");
      const native = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
      const target = program.exports[0];
      const left = fast.invoke(target, args, STEP_LIMIT);
      const right = reference.invoke(target, args, STEP_LIMIT);
      expect(right, `seed ${seed}`).to.deep.equal(left);
      expect(Buffer.compare(fast.memory, reference.memory), `memory of seed ${seed}`).to.equal(0);
      if (left.status === Status.running || left.status === Status.stackExhausted) continue;
      let value: bigint | undefined;
      try {
        value = BigInt.asUintN(64, native.exports[target.name](...args) as bigint);
      } catch (error) {
        expect(error, `seed ${seed}`).to.be.instanceOf(WebAssembly.RuntimeError);
      }
      expect(left.value, `value of seed ${seed}`).to.equal(value);
      const linear = new Uint8Array((native.exports.memory as WebAssembly.Memory).buffer);
      expect(Buffer.compare(linear, fast.memory.subarray(0, linear.length)), `linear memory of seed ${seed}`).to.equal(
        0,
      );
    }
  });

  it("are equal after every single step, and touch no more leaves than the table says", () => {
    const bound = new Map(ISA.map(({ op, maxLeaves }) => [op, maxLeaves]));
    for (let seed = SEED; seed < SEED + 12; seed++) {
      const { bytes, args } = randomModule(binaryen, seed);
      const program = flatten(bytes, { entry: null, frameArea: 4096 * 4 });
      const fast = new FlatInstance(program, "fast");
      const reference = new FlatInstance(program, "reference");
      fast.enter(program.exports[0], args);
      reference.enter(program.exports[0], args);
      for (let i = 0; i < 400 && reference.registers.status === Status.running; i++) {
        const trace = traceStep(program, fast.registers, new FlatMemory(fast.memory), emptyHost);
        expect(trace.leaves.length).to.be.at.most(bound.get(trace.instruction.op) ?? 0);
        fast.advance(1);
        reference.advance(1);
        expect(fast.registers, `seed ${seed}, step ${i}`).to.deep.equal(reference.registers);
        expect(trace.after).to.deep.equal(reference.registers);
        expect(Buffer.compare(fast.memory, reference.memory), `seed ${seed}, step ${i}`).to.equal(0);
      }
    }
  });
});
