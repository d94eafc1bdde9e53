import { expect } from "chai";
import { hexlify, type Contract, type EventLog } from "ethers";
import { Arena } from "./support/arena";
import { FRAUDS, playFraud } from "./support/frauds";
import { eventually, TestSystem, until } from "./support/system";

const RESOLVE_WINDOW = 8;
const STRANGER = 6;

describe("e2e: data off L1", function () {
  this.timeout(300_000);
  const arena = new Arena(new TestSystem({ data: "altda" }));
  const { system } = arena;
  let inbox: Contract;
  before(async () => {
    await arena.start();
    await arena.startHonest();
    inbox = system.inbox(STRANGER);
  });
  after(() => arena.stop());

  /** What batch `index` was appended as. */
  async function commitmentOf(index: number): Promise<unknown[]> {
    const [log] = await inbox.queryFilter(inbox.filters.BatchCommitted(index), 0);
    return [...(log as EventLog).args].slice(2, 7);
  }

  /** A batch whose bytes no server has, once the honest party has challenged it. */
  async function withheld(): Promise<{ index: number; data: Uint8Array; commitment: unknown[]; resolveUntil: number }> {
    const index = Number(await inbox.committedCount());
    const data = await system.postBatch([[]], true);
    const log = await eventually("the missing batch is challenged", async () => {
      const [found] = await inbox.queryFilter(inbox.filters.BatchChallenged(index), 0);
      return (found as EventLog | undefined) ?? false;
    });
    expect(log.args.challenger.toLowerCase()).to.equal(arena.honest.sender.address);
    return { index, data, commitment: await commitmentOf(index), resolveUntil: Number(log.args.resolveUntil) };
  }

  const sizeOf = (index: number): Promise<number> =>
    until("the batch counts", () => arena.honest.core.view.batch(index) ?? null).then(({ sizeBytes }) => sizeBytes);
  const errorOf = (sent: Promise<unknown>): Promise<string | undefined> =>
    sent.then(
      () => undefined,
      (error: { revert?: { name: string } }) => error.revert?.name,
    );

  it("a lie about a block whose batch is off L1 is disputed down to the step, and L1 executes it", async () => {
    await playFraud(arena, FRAUDS[0]);
  });

  it("a withheld batch is challenged; nobody answers, one answer is a second late: it is empty, and the chain goes on", async () => {
    const { index, data, commitment, resolveUntil } = await withheld();
    const { timestamp } = (await system.provider.getBlock("latest"))!;
    await system.jump(Math.max(1, resolveUntil + 1 - timestamp));
    expect(await errorOf(inbox.resolve.staticCall(index, commitment, hexlify(data)))).to.be.oneOf([
      "WindowOver",
      "NotPending",
    ]);
    expect(await sizeOf(index)).to.equal(0);
    const { core } = arena.honest;
    await until("its message block is derived", () => core.derivation.derivedFrom(index) ?? null);
    expect(await inbox.bondOf(arena.honest.sender.address)).to.equal(await inbox.challengeBond());
  });

  it("a withheld batch is answered by a stranger, once; its bytes are read from the answer", async () => {
    const { index, data, commitment } = await withheld();
    // Estimates see no base fee, and so not the slot that the refund takes.
    await (await inbox.resolve(index, commitment, hexlify(data), { gasLimit: 1_000_000n })).wait();
    expect(await errorOf(inbox.resolve.staticCall(index, commitment, hexlify(data)))).to.be.oneOf([
      "WrongStatus",
      "NotPending",
    ]);
    expect(await sizeOf(index)).to.equal(data.length);
    await system.jump(RESOLVE_WINDOW);
  });
});
