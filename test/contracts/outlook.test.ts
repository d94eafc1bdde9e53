import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { toBeHex } from "ethers";
import { readOutlook, type Outlook, type OutlookOptions } from "../../liquidity/outlook";
import type { Chain } from "../../node/chain/chain";
import type { Hex } from "../../protocol/types";
import { assertBooks, type AssertedState } from "./support/solvency";
import { deployRealSystem, ETHER } from "./support/system";

const PERIOD = 100n;
const OPTIONS: OutlookOptions = { assertionSeconds: 50, buysInDisputes: false };
const LIMIT = { capacity: 2n * ETHER, drainTime: 600 };

async function deploy() {
  const braked = await deployRealSystem("outlook", { ether: LIMIT });
  return { braked, system: await deployRealSystem("outlook without a brake") };
}

describe("What a maker expects of the assertions on L1", () => {
  let both: Awaited<ReturnType<typeof deploy>>;
  beforeEach(async () => {
    both = await loadFixture(deploy);
  });

  const truth = (on?: AssertedState, number = 1): Promise<AssertedState> =>
    assertBooks(both.system, both.system.user, { number }, { on });

  /** Of a maker whose own chain has these ends of blocks. */
  function look(own: AssertedState[], options: Partial<OutlookOptions> = {}, { deployment } = both.system) {
    const numbers = own.map((_, i) => i + 1);
    const chain = {
      safe: { number: Math.max(0, ...numbers) },
      requireBlockAt: (number: number) => ({ outputRoot: own[number - 1].outputRoot }),
    } as unknown as Chain;
    return readOutlook(hre.ethers.provider, deployment.addresses, chain, { ...OPTIONS, ...options });
  }
  const wait = async (outlook: Promise<Outlook>, block = 1, value = 1n): Promise<bigint> =>
    (await outlook).waitSeconds(block, value);

  it("expects the next assertion and its period where none covers a block, as its configuration says", async () => {
    expect((await look([])).trouble).to.equal(null);
    expect(await wait(look([]))).to.equal(50n + PERIOD);
    expect(await wait(look([], { assertionSeconds: 0 }))).to.equal(PERIOD);
    const first = await truth();
    expect(await wait(look([first]), 2)).to.equal(50n + PERIOD);
  });

  it("expects what is left of the oldest that covers it, and nothing once that is confirmed", async () => {
    const first = await truth();
    const madeAt = await time.latest();
    await time.increase(30);
    const own = [first, await truth(first, 2)];
    const left = PERIOD - BigInt((await time.latest()) - madeAt);
    expect(await wait(look(own))).to.equal(left);
    await first.confirm();
    expect(await wait(look(own))).to.equal(0n);
  });

  it("is in trouble while a false root stands, one that it has not derived, or a dispute; or bets on the longest wait", async () => {
    const first = await truth();
    expect((await look([])).trouble).to.match(/ends at block 1, which this node has not derived yet/);
    const own = [first, first];
    const other = await assertBooks(both.system, both.system.other, { number: 2, passer: 7n }, { on: first });
    expect((await look(own)).trouble).to.match(/assertion 1 claims a false root for block 2/);
    const bet = { buysInDisputes: true };
    expect((await look(own, bet)).trouble).to.equal(null);
    expect(await wait(look(own, bet))).to.equal(50n + 2n * PERIOD);
    await assertBooks(both.system, both.system.user, { number: 2 }, { on: first, past: toBeHex(9, 32) as Hex });
    expect(other.index).to.equal(1n);
    expect((await look(own)).trouble).to.match(/assertion 1, which ends at block 2, or one below it, is disputed/);
  });

  it("adds the drain time of a brake for what does not fit, to the wei", async () => {
    const { braked } = both;
    const outlook = look([], {}, braked);
    expect(await wait(outlook, 1, LIMIT.capacity)).to.equal(50n + PERIOD);
    expect(await wait(outlook, 1, LIMIT.capacity + 1n)).to.equal(50n + PERIOD + BigInt(LIMIT.drainTime));
    expect(await wait(look([]), 1, 10n ** 30n)).to.equal(50n + PERIOD);
  });
});
