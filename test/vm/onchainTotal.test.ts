import { expect } from "chai";
import { ISA } from "../../vm/isa";
import { Status } from "../../vm/types";
import { coverage } from "./support/stepOnChain";

const LEAST = process.env.SOLVENT_FULL ? 50_000 : 2000;

describe("one-step prover: coverage", () => {
  it(`has done at least ${LEAST} steps on L1, of every opcode and to every status`, function () {
    const { steps, opcodes, statuses, suites } = coverage;
    if (suites.size < 2) return this.skip();
    console.log(`        ${steps} steps on L1, ${opcodes.size} opcodes, statuses ${[...statuses].sort().join(" ")}`);
    expect(ISA.filter(({ op }) => !opcodes.has(op)).map(({ name }) => name)).to.deep.equal([]);
    // a machine without input never steps; test/vm/prove.test.ts starts one
    const reachable = Object.values(Status).filter((status) => status !== Status.noInput);
    expect([...statuses]).to.include.members(reachable);
    expect(steps).to.be.at.least(LEAST);
  });
});
