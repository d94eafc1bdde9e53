import { expect } from "chai";
import { commit } from "../../vm/commit/commit";
import { toHex } from "../../vm/commit/bytes";
import { emptyHost } from "../../vm/host";
import { ISA, type Instruction } from "../../vm/isa";
import { prove } from "../../vm/prove/prove";
import { Status } from "../../vm/types";
import { FlatMachine } from "./support/flatMachine";
import { deployProver, type DeployedProver } from "./support/prover";
import { Random } from "./support/random";
import { arrange, randomInstruction } from "./support/stepCases";
import { syntheticProgram } from "./support/syntheticProgram";

const CASES_A_ROW = Number(process.env.SOLVENT_STEP_CASES ?? (process.env.SOLVENT_FULL ? 60 : 8));
const rows = ISA.filter((info) => info.op < 0xf0 || info.op >= 0x100);
const LIMIT = { batchCount: 3n, delayedCount: 2n };

describe("one-step prover: instructions", function () {
  this.timeout(1_200_000);
  const random = new Random(1);
  const sizes = syntheticProgram([]);
  const instructions: Instruction[] = rows.flatMap((info) =>
    Array.from({ length: CASES_A_ROW }, () => randomInstruction(info, random, sizes)),
  );
  const program = syntheticProgram(instructions);
  let machine: FlatMachine;
  let prover: DeployedProver;

  before(async () => {
    machine = new FlatMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host: emptyHost });
    machine.poke(0, random.bytes(program.memorySize));
    prover = await deployProver(program);
  });

  rows.forEach((info, row) => {
    it(`steps ${info.name} as the reference does`, async () => {
      for (let i = 0; i < CASES_A_ROW; ++i) {
        const pc = row * CASES_A_ROW + i;
        arrange(machine, pc, instructions[pc], random);
        const before = commit(machine);
        const witness = prove(machine);
        machine.step();
        const what = `case ${i}: ${JSON.stringify(instructions[pc], (_, v) => (typeof v === "bigint" ? `${v}` : v))}, status ${machine.status}`;
        expect(await prover.step(before, LIMIT, witness), what).to.equal(toHex(commit(machine)));
        machine.state.status = Status.running;
      }
    });
  });
});
