import { expect } from "chai";
import { concatBytes, toHex } from "../../vm/commit/bytes";
import { commit, committerOf } from "../../vm/commit/commit";
import { machineResult } from "../../vm/commit/machineHash";
import { commitProgram } from "../../vm/commit/program";
import { PreimageMissing } from "../../vm/errors";
import { flatten } from "../../vm/flatten";
import { emptyHost } from "../../vm/host";
import { ISA, Op, type Instruction } from "../../vm/isa";
import { createMachine } from "../../vm/machine";
import { prove } from "../../vm/prove/prove";
import { Status, type Program } from "../../vm/types";
import { compileProgram } from "./support/compile";
import { FlatMachine } from "./support/flatMachine";
import { deployProver, type DeployedProver } from "./support/prover";
import { Random } from "./support/random";
import { deployRecordTable, tableRecord } from "./support/recordTable";
import { arrange, arrangeAnswerable, randomInstruction } from "./support/stepCases";
import { stepOnChain } from "./support/stepOnChain";
import { syntheticProgram } from "./support/syntheticProgram";
import { TestHost } from "./support/testHost";

const LIMIT = { batchCount: 3n, delayedCount: 2n };
const CORRUPTIONS = process.env.SOLVENT_FULL ? 100 : 8;
/** Every how many bytes of one witness are corrupted in turn. */
const EVERY = process.env.SOLVENT_FULL ? 1 : 3;

describe("vm/prove", function () {
  this.timeout(600_000);
  const random = new Random(5);

  describe("a real run", () => {
    let program: Program;
    let prover: DeployedProver;
    before(async () => {
      program = flatten(await compileProgram("sponge", 33));
      prover = await deployProver(program);
    });

    it("V33: is the same in the fast interpreter, the reference and on L1, step by step", async () => {
      const start = { input: random.bytes(32), inboxLimit: LIMIT, host: emptyHost };
      const fast = createMachine(program, start);
      const reference = new FlatMachine(program, start);
      for (const from of [0n, 4_000n, 9_000n]) {
        fast.run(from);
        reference.run(from);
        for (let i = 0; i < 150; ++i) {
          expect(toHex(commit(fast))).to.equal(toHex(commit(reference)));
          const { witness } = await stepOnChain(fast, prover, `step ${fast.steps}`);
          expect(toHex(witness)).to.equal(toHex(prove(reference)));
          reference.step();
        }
      }
    });

    it("V39: starts on L1 as it starts here under the same program hash, and traps at once on the zero root", async () => {
      for (const input of [random.bytes(32), new Uint8Array(32)]) {
        const machine = createMachine(program, { input, inboxLimit: LIMIT, host: emptyHost });
        const zero = new Uint8Array(32);
        const inbox = { ...LIMIT, lastBatch: zero, lastDelayed: zero };
        expect(await prover.contract.initialState(input, inbox)).to.equal(toHex(commit(machine)));
        expect(machine.status === Status.noInput).to.equal(input.every((byte) => byte === 0));
      }
      expect(await prover.contract.programHash()).to.equal(commitProgram(program).programHash);
    });
  });

  describe("a witness", () => {
    const instructions: Instruction[] = ISA.map((info) => randomInstruction(info, random, syntheticProgram([])));
    const program = syntheticProgram(instructions);
    const host = new TestHost(tableRecord);
    let machine: FlatMachine;
    let prover: DeployedProver;

    before(async () => {
      machine = new FlatMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host });
      machine.poke(0, random.bytes(program.memorySize));
      prover = await deployProver(program, await deployRecordTable());
    });

    const attempt = (before: Uint8Array, witness: Uint8Array, limit = LIMIT): Promise<string> =>
      prover.step(before, limit, witness).catch((error: Error) => {
        expect(error.message).to.match(
          /WitnessLength|MachineMismatch|InboxMismatch|CodeMismatch|MemoryMismatch|LeafOrder|PreimageMismatch|BadRequest|NotEnoughGas/,
        );
        return "reverted";
      });

    ISA.forEach((info, pc) => {
      it(`V36: of ${info.name} is rejected when one bit is wrong, an end is missing or a byte is left over`, async () => {
        arrangeAnswerable(machine, host, pc, instructions[pc], random, [PreimageMissing]);
        const before = commit(machine);
        const witness = prove(machine, host.request);
        expect(await attempt(before, witness)).to.not.equal("reverted");
        const bad: Uint8Array[] = [
          witness.subarray(0, random.below(witness.length)),
          witness.subarray(0, witness.length - 1),
          witness.subarray(0, witness.length - 32),
          concatBytes([witness, Uint8Array.of(0)]),
          concatBytes([witness, new Uint8Array(32)]),
        ];
        for (let i = 0; i < CORRUPTIONS; ++i) {
          const flipped = witness.slice();
          flipped[random.below(flipped.length)] ^= 1 << random.below(8);
          bad.push(flipped);
        }
        for (const [i, wrong] of bad.entries()) expect(await attempt(before, wrong), `case ${i}`).to.equal("reverted");
      });
    });

    it("V36: of an access over a border is rejected whichever of its bytes has a wrong bit", async () => {
      const pc = instructions.findIndex(({ op }) => op === Op.loadIndexed + 3);
      arrangeAnswerable(machine, host, pc, instructions[pc], random, [PreimageMissing]);
      const before = commit(machine);
      const witness = prove(machine);
      for (let at = 0; at < witness.length; at += EVERY) {
        const flipped = witness.slice();
        flipped[at] ^= 1 << random.below(8);
        expect(await attempt(before, flipped), `byte ${at} of ${witness.length}`).to.equal("reverted");
      }
    });

    it("V37: of another machine or of other limits is rejected", async () => {
      const pc = instructions.findIndex(({ op }) => op === Op.const);
      arrangeAnswerable(machine, host, pc, instructions[pc], random, [PreimageMissing]);
      const before = commit(machine);
      const witness = prove(machine);
      expect(await attempt(before, witness, { ...LIMIT, batchCount: 4n })).to.equal("reverted");
      expect(await attempt(before, witness, { ...LIMIT, delayedCount: 1n })).to.equal("reverted");
      machine.step();
      expect(await attempt(commit(machine), witness)).to.equal("reverted");
    });

    it("V61: of a machine that stands still is its registers alone, and the step is the identity", async () => {
      for (const status of Object.values(Status).filter((value) => value !== Status.running)) {
        arrange(machine, 0, instructions[0], random);
        machine.state.status = status;
        machine.state.output = random.bytes(32);
        const before = commit(machine);
        const witness = prove(machine);
        expect(witness.length).to.equal(128);
        machine.step();
        expect(toHex(commit(machine))).to.equal(toHex(before));
        expect(await attempt(before, witness)).to.equal(toHex(before));
        expect(await attempt(before, concatBytes([witness, Uint8Array.of(0)]))).to.equal("reverted");
        const [hash, output] = await prover.contract.result(committerOf(machine).registers());
        expect(hash).to.equal(toHex(before));
        expect(output).to.equal(toHex(machineResult(machine.registers())));
        expect(output === toHex(machine.state.output)).to.equal(status === Status.halted);
      }
      machine.state.status = Status.running;
      const [, ofRunning] = await prover.contract.result(committerOf(machine).registers());
      expect(ofRunning, "V38: the result of a machine that has not ended").to.equal(toHex(new Uint8Array(32)));
      const short = await prover.contract.result(new Uint8Array(127)).catch((error: Error) => error.message);
      expect(short).to.include("RegisterLength");
    });

    it("V32: of an unknown opcode traps on L1 as in the reference", async () => {
      const known = new Set(ISA.map(({ op }) => op));
      const unknown = [...Array(0x140).keys(), 0x8000, 0xffff].filter((op) => !known.has(op));
      const odd = syntheticProgram(unknown.map((op) => ({ op, d: 1, a: 2, b: 3, imm: random.u64() })));
      const other = new FlatMachine(odd, { input: random.bytes(32), inboxLimit: LIMIT, host: emptyHost });
      const oddProver = await deployProver(odd);
      for (let pc = 0; pc < unknown.length; ++pc) {
        other.state.pc = pc;
        other.state.status = Status.running;
        const before = commit(other);
        const witness = prove(other);
        other.step();
        expect(other.status).to.equal(Status.invalidInstruction);
        expect(await oddProver.step(before, LIMIT, witness), `opcode ${unknown[pc]}`).to.equal(toHex(commit(other)));
      }
    });

    it("V32: of a pc behind the code traps as unreachable on both sides", async () => {
      for (const pc of [instructions.length, instructions.length + 1, 511, 512, 2 ** 20, 2 ** 32 - 1]) {
        arrange(machine, pc, { op: Op.end, d: 0, a: 0, b: 0, imm: 0n }, random);
        const before = commit(machine);
        const witness = prove(machine);
        machine.step();
        expect(machine.status).to.equal(Status.unreachable);
        expect(await prover.step(before, LIMIT, witness), `pc ${pc}`).to.equal(toHex(commit(machine)));
      }
    });

    it("V37: cannot be made without the host's data, and the machine stays before the step", () => {
      const pc = instructions.findIndex(({ op }) => op === Op.preimage);
      arrange(machine, pc, instructions[pc], random);
      const slots = new BigUint64Array([0n, 64n, 0n, 128n]);
      machine.poke(machine.state.fp + 8 * instructions[pc].a, new Uint8Array(slots.buffer));
      machine.poke(64, random.bytes(32));
      const before = commit(machine);
      expect(() => prove(machine)).to.throw(PreimageMissing);
      expect(() => machine.step()).to.throw(PreimageMissing);
      expect(toHex(commit(machine))).to.equal(toHex(before));
    });
  });
});
