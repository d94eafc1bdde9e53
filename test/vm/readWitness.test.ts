import { expect } from "chai";
import { toHex } from "../../vm/commit/bytes";
import { commit } from "../../vm/commit/commit";
import { InboxMissing, PreimageMissing, VmError } from "../../vm/errors";
import { ISA, Op, type Instruction } from "../../vm/isa";
import { prove } from "../../vm/prove/prove";
import { readWitness } from "../../vm/prove/readWitness";
import { LEAF_BYTES } from "../../vm/types";
import { FlatMachine } from "./support/flatMachine";
import { Random } from "./support/random";
import { tableRecord } from "./support/recordTable";
import { arrangeAnswerable, randomInstruction } from "./support/stepCases";
import { syntheticProgram } from "./support/syntheticProgram";
import { TestHost } from "./support/testHost";

const MISSING = [PreimageMissing, InboxMissing];
const LIMIT = { batchCount: 3n, delayedCount: 2n };
const ROUNDS = process.env.SOLVENT_FULL ? 100 : 3;

describe("vm/prove/readWitness", () => {
  const random = new Random(11);
  const instructions: Instruction[] = ISA.map((info) => randomInstruction(info, random, syntheticProgram([])));
  const program = syntheticProgram(instructions);
  const host = new TestHost(tableRecord);
  const machine = new FlatMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host });
  machine.poke(0, random.bytes(program.memorySize));

  ISA.forEach((info, pc) => {
    it(`does ${info.name} from its witness alone as the machine does it`, () => {
      for (let round = 0; round < ROUNDS; round++) {
        arrangeAnswerable(machine, host, pc, instructions[pc], random, MISSING);
        const witness = prove(machine, host.request);
        const before = commit(machine);
        const trace = machine.trace();
        const read = readWitness(program, witness);
        expect(toHex(read.beforeHash)).to.equal(toHex(before));
        expect(read.before).to.deep.equal(trace.before);
        expect(read.leaves.map(({ index }) => index)).to.include.members(trace.leaves);
        const sizes = Object.values(read.bytes).reduce((sum, size) => sum + size, 0);
        expect(sizes).to.equal(witness.length);
        // What L1's inbox answers is in no witness, and what a precompile answers is computed by L1.
        const { hostCall } = trace;
        if (hostCall?.call === "inbox" || (hostCall?.call === "preimage" && hostCall.kind === 1)) continue;
        expect(read.after).to.deep.equal(trace.after);
        machine.step();
        expect(toHex(read.afterHash!)).to.equal(toHex(commit(machine)));
      }
    });
  });

  it("tells leaves before and after apart where the witness is a Buffer, whose slices share their bytes", () => {
    const store = instructions.findIndex(({ op }) => op === Op.store);
    arrangeAnswerable(machine, host, store, instructions[store], random, MISSING);
    const leafOf = ({ index }: { index: number }): string => toHex(machine.read(index * LEAF_BYTES, LEAF_BYTES));
    const { leaves } = readWitness(program, Buffer.from(prove(machine)));
    expect(leaves.map(({ before }) => toHex(before))).to.deep.equal(leaves.map(leafOf));
    machine.step();
    expect(leaves.map(({ after }) => toHex(after))).to.deep.equal(leaves.map(leafOf));
    expect(leaves.some(({ before, after }) => toHex(before) !== toHex(after))).to.equal(true);
  });

  it("refuses bytes that are cut, longer or of another machine", () => {
    const load = instructions.findIndex(({ op }) => op === Op.load);
    arrangeAnswerable(machine, host, load, instructions[load], random, MISSING);
    const witness = prove(machine);
    const flipped = witness.slice();
    flipped[40] ^= 1;
    for (const bad of [witness.slice(0, 100), witness.slice(0, -32), new Uint8Array([...witness, 0]), flipped])
      expect(() => readWitness(program, bad)).to.throw(VmError, "witness");
  });
});
