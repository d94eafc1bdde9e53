import { expect } from "chai";
import { readFileSync } from "node:fs";
import { openProgram } from "../../node/engine";
import { StoreHost } from "../../node/engine/host";
import { fromHex, toHex } from "../../protocol";
import { KINDS, MixedChain } from "../bench/stf/mixedChain";
import { buildPath } from "../../vm/build-path";
import { flatten } from "../../vm/flatten";
import { createMachine } from "../../vm/machine";
import { Status, type Machine, type Program } from "../../vm/types";
import { Random, seedOfRun } from "../../simulator/random";
import { deployProver } from "../vm/support/prover";
import { stepOnChain } from "../vm/support/stepOnChain";

const COUNTS = {
  transfer: 35,
  swap: 30,
  creation: 1,
  "reverted call": 6,
  deposit: 10,
  "precompile call": 18,
};
const SAMPLES = process.env.SOLVENT_FULL ? 200 : 6;
/** Opcode of the host call `inbox`: the prover asks a contract that this test does not deploy (test/e2e does). */
const OP_INBOX = 0xf3;

describe("differential: one block of 100 mixed transactions", function () {
  this.timeout(300_000);
  const random = new Random(seedOfRun());
  let chain: MixedChain;
  let program: Program;
  let machine: Machine;
  let parent: `0x${string}`;
  let outputRoot: `0x${string}`;

  before(async () => {
    chain = await MixedChain.create();
    parent = chain.outputRoot;
    const block = await chain.addBlock(COUNTS);
    outputRoot = block.outputRoot;
    program = flatten(readFileSync(buildPath("stf.wasm")));
    const host = new StoreHost(chain.inbox.nodes);
    host.begin(chain.inbox);
    const { batchCount, delayedCount } = chain.inbox;
    machine = createMachine(program, { input: fromHex(parent), inboxLimit: { batchCount, delayedCount }, host });
  });
  after(() => machine.dispose());

  it("gives the engine's output root in V8, with as many transactions as meant", () => {
    const derived = openProgram({ nodes: chain.inbox.nodes }).advance(parent, chain.inbox)!;
    expect(derived.outputRoot).to.equal(outputRoot);
    expect(derived.transactions).to.have.length(KINDS.reduce((sum, kind) => sum + COUNTS[kind], 0));
    const failed = derived.receipts.filter((receipt) => statusOf(receipt) === 0).length;
    expect(failed).to.equal(COUNTS["reverted call"]);
  });

  it("gives the same in the fast interpreter of the proof VM", () => {
    machine.run(1n << 40n);
    expect(machine.status).to.equal(Status.halted);
    expect(toHex(machine.registers().output)).to.equal(outputRoot);
    console.log(`        ${machine.steps} steps`);
  });

  it(`does ${SAMPLES} of its steps on L1 (seed ${random.seed})`, async () => {
    const prover = await deployProver(program);
    const end = Number(machine.steps);
    const places = Array.from({ length: SAMPLES }, () => random.below(end)).sort((a, b) => a - b);
    for (const place of places) {
      machine.run(BigInt(place));
      while (machine.trace().instruction.op === OP_INBOX) machine.step();
      await stepOnChain(machine, prover, `step ${place}`);
    }
  });
});

function statusOf(receipt: Uint8Array): number {
  // The first field of the list behind the type byte and the list's header of three bytes.
  const from = receipt[0] < 0xc0 ? 1 : 0;
  const header = receipt[from] < 0xf8 ? 1 : 1 + receipt[from] - 0xf7;
  return receipt[from + header] === 0x01 ? 1 : 0;
}
