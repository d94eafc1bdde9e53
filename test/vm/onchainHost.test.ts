import { expect } from "chai";
import hre from "hardhat";
import { toHex } from "../../vm/commit/bytes";
import { commit } from "../../vm/commit/commit";
import { PreimageMissing } from "../../vm/errors";
import { ISA, Op, type Instruction } from "../../vm/isa";
import { prove } from "../../vm/prove/prove";
import { Status } from "../../vm/types";
import { precompileCases } from "./support/precompiles";
import { deployProver, type DeployedProver } from "./support/prover";
import { Random } from "./support/random";
import { arrange, randomInstruction } from "./support/stepCases";
import { noteSuite, stepOnChain } from "./support/stepOnChain";
import { syntheticProgram } from "./support/syntheticProgram";
import { TestHost } from "./support/testHost";
import { deployRecordTable, tableRecord } from "./support/recordTable";
import { TwinMachine } from "./support/twinMachine";

const CASES_A_ROW = process.env.SOLVENT_FULL ? 1000 : 120;
const rows = ISA.filter((info) => info.op >= Op.input && info.op <= Op.hint);
const LIMIT = { batchCount: 3n, delayedCount: 2n };
const KEY_AT = 128;
const TARGET_AT = 256;

describe("one-step prover: host calls", function () {
  this.timeout(600_000);
  const random = new Random(2);
  const host = new TestHost(tableRecord);
  const sizes = syntheticProgram([]);
  const instructions: Instruction[] = rows.flatMap((info) =>
    Array.from({ length: CASES_A_ROW }, () => randomInstruction(info, random, sizes)),
  );
  const preimagePc = instructions.length;
  instructions.push({ op: Op.preimage, d: 0, a: 4, b: 0, imm: 0n });
  const program = syntheticProgram(instructions);
  let machine: TwinMachine;
  let prover: DeployedProver;

  before(async () => {
    machine = new TwinMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host });
    machine.poke(0, random.bytes(program.memorySize));
    prover = await deployProver(program, await deployRecordTable());
  });

  after(function () {
    noteSuite(this);
  });

  /** Puts the machine before a `preimage` of the key, with these arguments. */
  function arrangePreimage(kind: number, key: Uint8Array, offset: number): void {
    machine.state.pc = preimagePc;
    machine.state.fp = program.linearSize + 4096;
    machine.state.status = Status.running;
    machine.poke(KEY_AT, key);
    const slots = new BigUint64Array([BigInt(kind), BigInt(KEY_AT), BigInt(offset), BigInt(TARGET_AT)]);
    machine.poke(machine.state.fp + 32, new Uint8Array(slots.buffer));
  }

  const expectEqualStep = () => stepOnChain(machine, prover, "", host.request);

  rows.forEach((info, row) => {
    it(`steps ${info.name} as the reference does`, async () => {
      const outcomes = new Set<Status>();
      for (let i = 0; i < CASES_A_ROW; ++i) {
        const pc = row * CASES_A_ROW + i;
        const key = host.addKeccak(random.bytes(random.below(200)));
        arrange(machine, pc, instructions[pc], random);
        machine.poke(64, key);
        machine.poke(96, key);
        try {
          machine.trace();
        } catch (error) {
          expect(error).to.be.instanceOf(PreimageMissing);
          expect(() => prove(machine, host.request)).to.throw(PreimageMissing);
          continue;
        }
        await expectEqualStep();
        outcomes.add(machine.status);
      }
      const end = info.op === Op.output ? Status.halted : Status.running;
      expect([...outcomes]).to.include.members([end, Status.misaligned, Status.outOfBounds]);
      if (info.op >= Op.preimage) expect([...outcomes]).to.include(Status.unknownKind);
    });
  });

  for (const length of [0, 1, 31, 32, 33, 64, 136, 4096]) {
    it(`reads every word of a keccak preimage of ${length} bytes and beyond`, async () => {
      const key = host.addKeccak(random.bytes(length));
      const step = length > 200 ? 1024 : 32;
      for (const offset of [...Array(Math.ceil(length / step) + 2).keys()].map((i) => i * step).concat(2 ** 32 - 32)) {
        arrangePreimage(0, key, offset);
        await expectEqualStep();
      }
    });
  }

  for (const { name, address, gas, input, output, flipped, fails } of precompileCases()) {
    const bytes = Buffer.from(input, "hex");
    it(`answers a valid call of ${name}`, async () => {
      const answer = Buffer.from(`01${output}`, "hex");
      const key = host.addPrecompile(address, gas, bytes, answer);
      for (let offset = 0; offset < answer.length + 64; offset += 32) {
        arrangePreimage(1, key, offset);
        await expectEqualStep();
      }
    });
    it(`answers an invalid call of ${name} by ${fails ? "failure" : "success without output"}`, async () => {
      const invalid = Buffer.from(bytes);
      invalid[flipped] ^= 1;
      const key = host.addPrecompile(address, gas, invalid, Uint8Array.of(fails ? 0 : 1));
      for (const offset of [0, 32]) {
        arrangePreimage(1, key, offset);
        await expectEqualStep();
      }
    });
  }

  it("V32: refuses requests to anything but a host precompile", async () => {
    for (const address of [0, 2, 3, 4, 5, 9, 0x12, 0xff, 0x101]) {
      const key = host.addPrecompile(address, 100_000, random.bytes(32), Uint8Array.of(1));
      arrangePreimage(1, key, 0);
      await expectRevert(prover.step(commit(machine), LIMIT, prove(machine, host.request)), "BadRequest");
    }
  });

  it("V34: gives the right answer or reverts, whatever the gas limit of the transaction", async () => {
    for (const name of ["bn254 pairing", "ecrecover", "P-256", "BLS12-381 pairing"]) {
      const { address, gas, input, output } = precompileCases().find((entry) => entry.name === name)!;
      const key = host.addPrecompile(address, gas, Buffer.from(input, "hex"), Buffer.from(`01${output}`, "hex"));
      arrangePreimage(1, key, 0);
      const before = commit(machine);
      const data = prover.encodeStep(before, LIMIT, prove(machine, host.request));
      machine.step();
      const right = toHex(commit(machine));
      let answers = 0;
      let reverts = 0;
      for (let limit = 30_000; limit < 600_000 + 3 * gas; limit += Math.ceil((600_000 + 3 * gas) / 150)) {
        const answer = await hre.network.provider
          .send("eth_call", [{ to: prover.address, data, gas: `0x${limit.toString(16)}` }])
          .catch(() => null);
        if (answer === null) ++reverts;
        else {
          expect(answer, `${name} with ${limit} gas`).to.equal(right);
          ++answers;
        }
      }
      expect(answers, name).to.be.greaterThan(5);
      expect(reverts, name).to.be.greaterThan(5);
    }
  });

  it("V37: reads the Inbox's records below the limits, even when it holds more", async () => {
    for (const [kind, limit] of [LIMIT.batchCount, LIMIT.delayedCount].entries()) {
      for (const index of [0n, limit - 1n, limit, limit + 1n, 2n ** 64n - 1n]) {
        const pc = instructions.findIndex(({ op }) => op === Op.inbox);
        arrange(machine, pc, instructions[pc], random);
        const slots = new BigUint64Array([BigInt(kind), index, 512n]);
        machine.poke(machine.state.fp + 8 * instructions[pc].a, new Uint8Array(slots.buffer));
        await expectEqualStep();
        expect(machine.status).to.equal(Status.running);
        if (index < limit) expect(machine.readLeaf(16)).to.deep.equal(tableRecord(kind, index));
      }
    }
  });
});

async function expectRevert(call: Promise<unknown>, name: string): Promise<void> {
  const message = await call.then(
    () => "no revert",
    (error: Error) => error.message,
  );
  expect(message).to.include(name);
}
