import { expect } from "chai";
import { decodeCursor } from "../../protocol";
import { requireNats } from "../support/nats";
import { headOf, Pair } from "./support/pair";
import { eventually, until } from "./support/system";

const DEPTHS = [1, 2, 3, 5, 8, 10] as const;

describe("e2e: two sequencers with one key whose L1 goes back", function () {
  this.timeout(600_000);
  let pair: Pair;
  beforeEach(function () {
    requireNats(this);
    return (pair = new Pair()).start();
  });
  afterEach(() => pair.stop());

  /** Both have derived from L1 what they show, up to there, and show the same. */
  async function expectOneChain(height: number): Promise<void> {
    for (const { core } of pair.running.values())
      await until("it is safe", () => core.chain.safe.number >= height, 120);
    for (let number = 1; number <= height; number++) {
      const hashes = [...pair.running.values()].map(({ core }) => core.chain.blockAt(number)!.hash);
      expect(new Set(hashes).size, `block ${number}`).to.equal(1);
    }
  }

  it(`keep each promise through reorgs of ${DEPTHS.join(", ")} blocks that take batches back, also where the other leads then`, async () => {
    for (const [i, depth] of DEPTHS.entries()) {
      const leader = await pair.leader();
      const { batches } = await pair.posted();
      const hash = await pair.transact(leader);
      await pair.reorganise(depth, () =>
        depth < 3 ? Promise.resolve() : eventually("a batch", async () => (await pair.posted()).batches > batches),
      );
      if (i % 2 === 1) {
        const [id] = [...pair.running].find(([, one]) => one === leader)!;
        pair.running.delete(id);
        await leader.stop();
        await pair.leader();
        await pair.startOne(id);
      }
      const next = await pair.leader();
      const target = await pair.grows(next);
      await expectOneChain(target);
      expect(next.core.chain.place(hash), `the transaction of the reorg of ${depth}`).to.not.equal(undefined);
      pair.check();
    }
  });

  it("give up what stands on a message that L1 took back, both the same, and take it when L1 has it again", async () => {
    const leader = await pair.leader();
    const taken = leader.core.view.delayedCount;
    await pair.reorganise(3, async () => {
      await pair.deposit();
      const consumed = (): boolean => delayedOf(leader) > taken;
      await until("a block has consumed it", consumed);
    });
    await until("no block has it any more", () => delayedOf(leader) === taken);
    await pair.deposit();
    await until("a block has the new one", () => delayedOf(leader) === taken + 1);
    await expectOneChain(headOf(leader));
  });
});

/** Messages that the head has consumed. */
function delayedOf({ core }: Awaited<ReturnType<Pair["leader"]>>): number {
  const { extraData } = core.chain.requireBlockAt(core.chain.unsafe.number).header;
  return Number(decodeCursor(extraData).delayed);
}
