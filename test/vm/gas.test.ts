import { expect } from "chai";
import { commit } from "../../vm/commit/commit";
import { toHex } from "../../vm/commit/bytes";
import { emptyHost } from "../../vm/host";
import { ISA, type OpInfo } from "../../vm/isa";
import { prove } from "../../vm/prove/prove";
import { Status } from "../../vm/types";
import { expectPinned } from "../support/snapshot";
import { FlatMachine } from "./support/flatMachine";
import { arrangeWorst, deepestProgram, worstInstruction } from "./support/placement";
import { deployProver, type DeployedProver } from "./support/prover";
import { Random } from "./support/random";

const FILE = "gas.vm";
const LIMIT = { batchCount: 3n, delayedCount: 2n };
const STEP_BOUND = 180_000;

/** Names of the groups of docs/spec/04-vm.md#isa whose dearest step is pinned. */
const GROUPS: [string, (info: OpInfo) => boolean][] = [
  ["control", ({ op }) => op < 0x10],
  ["unary", ({ op }) => op >= 0x10 && op < 0x20],
  ["branch", ({ op }) => op >= 0x20 && op < 0x40],
  ["binary", ({ op }) => op >= 0x40 && op < 0xc0],
  ["load", ({ name }) => name.startsWith("load")],
  ["store", ({ name }) => name.startsWith("store")],
];

describe("Gas of the one-step prover", function () {
  this.timeout(600_000);

  describe("in the worst placement: memory of depth 23, leaves on both sides of its highest borders", () => {
    const random = new Random(11);
    const rows = ISA.filter(({ op }) => op < 0xf0 || op >= 0x100);
    const instructions = rows.map((info) => worstInstruction(info, random));
    let machine: FlatMachine;
    let prover: DeployedProver;

    before(async () => {
      const program = deepestProgram(instructions);
      machine = new FlatMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host: emptyHost });
      prover = await deployProver(program);
    });

    for (const [group, isIn] of GROUPS)
      it(`does every ${group} instruction for at most ${STEP_BOUND} gas`, async () => {
        let dearest = { name: "", gas: 0 };
        for (const [pc, info] of rows.entries()) {
          if (!isIn(info)) continue;
          arrangeWorst(machine, pc, instructions[pc], random);
          const before = commit(machine);
          const witness = prove(machine);
          machine.step();
          expect([Status.running, Status.halted, Status.unreachable]).to.include(machine.status, info.name);
          expect(await prover.step(before, LIMIT, witness), info.name).to.equal(toHex(commit(machine)));
          const gas = await prover.transactionGas(before, LIMIT, witness);
          if (gas > dearest.gas) dearest = { name: info.name, gas };
        }
        console.log(`        the dearest is ${dearest.name}: ${dearest.gas} gas`);
        expectPinned(FILE, `worst step: ${group}`, dearest.gas, STEP_BOUND);
      });
  });
});
