import { expect } from "chai";
import { emptyHost } from "../../vm/host";
import { Binary, ISA, Op, binaryOp, type Instruction, type OpInfo } from "../../vm/isa";
import { LEAF_BYTES, Status, framesEnd } from "../../vm/types";
import { deployProver, type DeployedProver } from "./support/prover";
import { Random } from "./support/random";
import { arrange, randomInstruction } from "./support/stepCases";
import { noteSuite, stepOnChain } from "./support/stepOnChain";
import { syntheticProgram } from "./support/syntheticProgram";
import { TwinMachine } from "./support/twinMachine";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const CASES_A_ROW = Number(process.env.SOLVENT_STEP_CASES ?? (process.env.SOLVENT_FULL ? 280 : 4));
const LIMIT = { batchCount: 3n, delayedCount: 2n };
const rows = ISA.filter((info) => info.op < 0xf0 || info.op >= 0x100);
const accesses = rows.filter(({ memoryBytes }) => memoryBytes > 0);
const MIN_64 = 1n << 63n;
const MIN_32 = 1n << 31n;

/** Traps that random operands seldom meet: opcode, operands, status. */
const TRAPS: [what: string, op: number, x: bigint, y: bigint, status: Status][] = [
  ...["divS", "divU", "remS", "remU"].flatMap((name): [string, number, bigint, bigint, Status][] => {
    const fn = Binary[name as keyof typeof Binary];
    return [
      [`${name}32 by zero`, binaryOp(fn, false, false), 5n, 1n << 32n, Status.divisionByZero],
      [`${name}64 by zero`, binaryOp(fn, true, false), 5n, 0n, Status.divisionByZero],
      [`${name}32Const by zero`, binaryOp(fn, false, true), 5n, 0n, Status.divisionByZero],
      [`${name}64Const by zero`, binaryOp(fn, true, true), 5n, 0n, Status.divisionByZero],
    ];
  }),
  ["divS32 of the least by -1", binaryOp(Binary.divS, false, false), MIN_32, (1n << 32n) - 1n, Status.integerOverflow],
  ["divS64 of the least by -1", binaryOp(Binary.divS, true, false), MIN_64, (1n << 64n) - 1n, Status.integerOverflow],
  [
    "divS64Const of the least by -1",
    binaryOp(Binary.divS, true, true),
    MIN_64,
    (1n << 64n) - 1n,
    Status.integerOverflow,
  ],
  ["remS32 of the least by -1", binaryOp(Binary.remS, false, false), MIN_32, (1n << 32n) - 1n, Status.running],
  ["remS64 of the least by -1", binaryOp(Binary.remS, true, false), MIN_64, (1n << 64n) - 1n, Status.running],
  ["an unknown opcode", 0x1f, 0n, 0n, Status.invalidInstruction],
];

describe("one-step prover: instructions", function () {
  this.timeout(1_200_000);
  const random = new Random(SEED);
  const sizes = syntheticProgram([]);
  const instructions: Instruction[] = rows.flatMap((info) =>
    Array.from({ length: CASES_A_ROW }, () => randomInstruction(info, random, sizes)),
  );
  const firstAccess = instructions.length;
  const places = accesses.flatMap((info) => Array.from({ length: LEAF_BYTES }, (_, offset) => ({ info, offset })));
  instructions.push(...places.map(({ info, offset }) => accessAt(info, offset)));
  const firstTrap = instructions.length;
  instructions.push(...TRAPS.map(([, op, , y]) => ({ op, d: 2, a: 0, b: 1, imm: y })));
  const program = syntheticProgram(instructions, { memoryDepth: 13 });
  let machine: TwinMachine;
  let prover: DeployedProver;

  before(async () => {
    machine = new TwinMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host: emptyHost });
    machine.poke(0, random.bytes(program.memorySize));
    prover = await deployProver(program);
  });
  after(function () {
    noteSuite(this);
  });

  /** The address in linear memory that `accessAt` means; random leaf, given place in it. */
  function accessAt(info: OpInfo, offset: number): Instruction {
    const address = LEAF_BYTES * random.below(sizes.linearSize / LEAF_BYTES - 1) + offset;
    const isAbsolute = info.name.includes("Absolute");
    const imm = (BigInt(random.below(2 ** 32)) << 32n) | BigInt(isAbsolute ? address : random.below(address + 1));
    // slots: base and index in 0 and 1, value or result in 2; a store that is not indexed takes its value from b
    const b = info.op >= Op.loadIndexed ? 1 : 2;
    return { op: info.op, d: 2, a: 0, b, imm };
  }

  function setSlot(slot: number, value: bigint): void {
    machine.poke(machine.state.fp + 8 * slot, new Uint8Array(new BigUint64Array([BigInt.asUintN(64, value)]).buffer));
  }

  function standAt(pc: number): void {
    machine.state.pc = pc;
    machine.state.status = Status.running;
  }

  rows.forEach((info, row) => {
    it(`V30: steps ${info.name} alike in both interpreters and on L1 (SOLVENT_SEED=${SEED})`, async () => {
      for (let i = 0; i < CASES_A_ROW; ++i) {
        const pc = row * CASES_A_ROW + i;
        arrange(machine, pc, instructions[pc], random);
        await stepOnChain(machine, prover, `case ${i}`);
      }
    });
  });

  for (const info of accesses)
    it(`V30: ${info.name} reaches every place of a leaf and over its border`, async () => {
      for (const [i, { offset }] of places.entries()) {
        if (places[i].info !== info) continue;
        const { imm } = instructions[firstAccess + i];
        machine.state.fp = program.linearSize + 8 * random.below(1000);
        standAt(firstAccess + i);
        const low = Number(imm & 0xffffffffn);
        const leaf = info.name.includes("Absolute") ? 0 : LEAF_BYTES * (1 + random.below(500));
        const base = Math.max(0, Math.ceil(low / LEAF_BYTES) * LEAF_BYTES + leaf + offset - low);
        const part = info.op >= Op.loadIndexed ? random.below(base + 1) : 0;
        setSlot(0, BigInt(base - part) | (BigInt(random.below(2)) << 33n));
        setSlot(1, BigInt(part));
        setSlot(2, random.u64());
        await stepOnChain(machine, prover, `offset ${offset}`);
      }
    });

  TRAPS.forEach(([what, , x, y, status], i) => {
    it(`V30: ${what} ends in status ${status}`, async () => {
      machine.state.fp = program.linearSize + 64;
      standAt(firstTrap + i);
      setSlot(0, x);
      setSlot(1, y);
      await stepOnChain(machine, prover);
      expect(machine.status).to.equal(status);
    });
  });

  it("V31: an access that ends behind linear memory traps, also where its address would wrap", async () => {
    const pc = firstAccess + places.findIndex(({ info }) => info.op === Op.load + 3);
    for (const base of [program.linearSize - 7, program.linearSize, framesEnd(program), 2 ** 32 - 8, 2 ** 32 - 1]) {
      machine.state.fp = program.linearSize;
      standAt(pc);
      const low = Number(instructions[pc].imm & 0xffffffffn);
      setSlot(0, BigInt(Math.max(base - low, program.linearSize - 7 - low)));
      if (base >= 2 ** 32 - 8) setSlot(0, BigInt(base));
      await stepOnChain(machine, prover, `base ${base}`);
      expect(machine.status).to.equal(Status.outOfBounds);
    }
  });
});
