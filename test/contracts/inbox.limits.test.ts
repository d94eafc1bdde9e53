import { expect } from "chai";
import { ZeroAddress, ZeroHash, getBytes } from "ethers";
import { Op } from "../../vm/isa";
import { Status } from "../../vm/types";
import { deployProver, type DeployedProver } from "../vm/support/prover";
import { Random } from "../vm/support/random";
import { stepOnChain } from "../vm/support/stepOnChain";
import { syntheticProgram } from "../vm/support/syntheticProgram";
import { TestHost } from "../vm/support/testHost";
import { TwinMachine } from "../vm/support/twinMachine";
import { deployTestSystem, type System } from "./support/system";

const KINDS = ["batch", "delayed message"] as const;
/** What the run may see, fixed when it starts. */
const LIMIT = { batchCount: 2n, delayedCount: 3n };
const TARGET_AT = 512;
const FOUND = { slot: 0, arguments: 4 };

/** A run's view of L1 ends at its limits, however the real Inbox has grown since: else one step had two provable results. */
describe("Inbox: what a step of the real prover reads of it", function () {
  this.timeout(60_000);
  const random = new Random(19);
  const program = syntheticProgram([{ op: Op.inbox, d: FOUND.slot, a: FOUND.arguments, b: 0, imm: 0n }]);
  let system: System;
  let machine: TwinMachine;
  let prover: DeployedProver;
  /** Everything that stands in the Inbox, also beyond the limits. */
  const records: [Uint8Array[], Uint8Array[]] = [[], []];

  before(async () => {
    system = await deployTestSystem();
    prover = await deployProver(program, String(system.inbox.target));
    const host = new TestHost((kind, index) => records[kind][Number(index)] ?? null);
    machine = new TwinMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host });
    machine.poke(0, random.bytes(program.memorySize));
    await grow(2, 3);
  });

  async function grow(batches: number, messages: number): Promise<void> {
    const { inbox, sequencer } = system;
    for (let i = 0; i < messages; i++) await (await inbox.sendMessage(ZeroAddress, i, 100_000n, false, "0x")).wait();
    const consumed = await inbox.delayedCount();
    const last = await inbox.messageHash(consumed - 1n);
    const postBatch = inbox.connect(sequencer).getFunction("postBatch");
    for (let i = 0; i < batches; i++) {
      const count = await inbox.batchCount();
      const previous = count === 0n ? ZeroHash : await inbox.batchRecord(count - 1n);
      await (await postBatch(count, previous, consumed, last, random.bytes(40))).wait();
    }
    for (let i = records[0].length; i < (await inbox.batchCount()); i++)
      records[0].push(getBytes(await inbox.batchRecord(i)));
    for (let i = records[1].length; i < (await inbox.delayedCount()); i++)
      records[1].push(getBytes(await inbox.messageHash(i)));
  }

  /** Steps one read on L1 and in both interpreters; says what the program sees: the record, or null. */
  async function read(kind: number, index: bigint): Promise<Uint8Array | null> {
    Object.assign(machine.state, { pc: 0, fp: program.linearSize + 4096, status: Status.running });
    const slot = (number: number): number => machine.state.fp + 8 * number;
    const values = new BigUint64Array([BigInt(kind), index, BigInt(TARGET_AT)]);
    machine.poke(slot(FOUND.arguments), new Uint8Array(values.buffer));
    machine.poke(TARGET_AT, random.bytes(32));
    const untouched = machine.readLeaf(TARGET_AT / 32);
    await stepOnChain(machine, prover, `${KINDS[kind]} ${index}`);
    expect(machine.status).to.equal(Status.running);
    const [found] = new BigUint64Array(machine.read(slot(FOUND.slot), 8).buffer);
    const leaf = machine.readLeaf(TARGET_AT / 32);
    if (found === 1n) return leaf;
    expect(found).to.equal(0n);
    expect(leaf, "nothing is written where nothing is found").to.deep.equal(untouched);
    return null;
  }

  /** Every index around the limit of a kind, and the extremes. */
  async function expectLimit(kind: number): Promise<void> {
    const limit = kind === 0 ? LIMIT.batchCount : LIMIT.delayedCount;
    for (const index of [0n, limit - 1n]) expect(await read(kind, index)).to.deep.equal(records[kind][Number(index)]);
    for (const index of [limit, limit + 1n, 2n ** 64n - 1n]) expect(await read(kind, index)).to.equal(null);
  }

  for (const [kind, name] of KINDS.entries()) {
    it(`finds a ${name} at limit - 1, none at the limit or past it`, async () => {
      await expectLimit(kind);
    });
  }

  it("V37 finds the same after the inbox has grown past the limits, of both kinds", async () => {
    await grow(3, 4);
    expect(await system.inbox.batchCount()).to.equal(5n);
    expect(await system.inbox.delayedCount()).to.equal(7n);
    for (const kind of KINDS.keys()) await expectLimit(kind);
  });

  it("finds what has been added in a run whose limits came later", async () => {
    Object.assign(machine.state.inboxLimit, { batchCount: 3n, delayedCount: 4n });
    for (const [kind, limit] of [2n, 3n].entries()) {
      expect(await read(kind, limit)).to.deep.equal(records[kind][Number(limit)]);
      expect(await read(kind, limit + 1n)).to.equal(null);
    }
  });
});
