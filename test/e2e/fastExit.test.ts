import { expect } from "chai";
import { id, NonceManager, parseEther, Wallet, type JsonRpcProvider } from "ethers";
import {
  offerFastExit,
  quoteFastExit,
  startFastExit,
  type FastExit,
  type LayerProvider,
  type LayerSigner,
  type OfferState,
} from "../../client";
import { holderOfExit } from "../../client/fastExit";
import { devAccount, ROLES } from "../../devnet/accounts";
import { Devnet, type DevnetInfo } from "../../devnet/devnet";
import { connect, eventually } from "../clients/support/devnet";
import { jump } from "../support/jump";

const AMOUNT = parseEther("3");
const MAKER = devAccount(ROLES.maker).address;
const USER = devAccount(3);
const STEP_PROVEN = id("StepProven(bytes32,address,uint256)");
/** Part of a challenge period that is jumped at once: nobody's move is due in less. */
const PART_OF_PERIOD = 1 / 4;

describe("e2e: fast exit", function () {
  this.timeout(600_000);
  let devnet: Devnet;
  let info: DevnetInfo;
  let l1: JsonRpcProvider;
  let onL2: LayerSigner;
  let maker: LayerProvider;
  let market: string;

  before(async () => {
    devnet = new Devnet({
      ...{ l1Port: 0, sequencerPort: 0, verifierPort: 0, maker: true, without: ["verifier"] },
      ...{ l1IntervalMs: 200, blockTimeMs: 300, batchAgeMs: 1_000, heights: [4, 17, 17], assertionIntervalSeconds: 3 },
    });
    info = await devnet.start();
    l1 = connect(info.l1.url);
    const l2 = connect(info.l2.sequencer!);
    onL2 = new NonceManager(new Wallet(USER.privateKey, l2)) as unknown as LayerSigner;
    maker = connect(info.maker!.url);
    market = info.maker!.market;
  });
  after(() => devnet?.stop());

  /** An address without a key: all that it has is what it was paid. */
  const owner = (): string => Wallet.createRandom().address;

  async function sell(price: bigint, seconds = 3_600): Promise<FastExit> {
    return startFastExit(l1, onL2, market, { amount: AMOUNT, price, seconds, owner: owner() });
  }

  /**
   * Waits until the maker says so; its last word is told where it does not.
   * @param isJumping - Over what remains of the challenge period.
   */
  async function untilState(
    exit: FastExit,
    states: OfferState["state"][],
    seconds: number,
    isJumping = false,
  ): Promise<OfferState> {
    let last: OfferState | null = null;
    await eventually(
      `${states.join(" or ")} by the maker`,
      async () => {
        last = await offerFastExit(maker, exit);
        const isThere = states.includes(last.state);
        if (isJumping && !isThere) await jump(info, PART_OF_PERIOD);
        return isThere;
      },
      seconds,
    ).catch((error: Error) => {
      throw new Error(`${error.message}; it says ${JSON.stringify(last)}`);
    });
    return last!;
  }

  // First, for a liar lies in the first assertion that it has not seen, and that one must not be confirmed yet.
  it("keeps its ether while a false root is under way, and buys when the verdict has fallen", async () => {
    await devnet.startLiar("wrong-state", 1);
    const trouble = async (): Promise<string | null> => (await quoteFastExit(maker, AMOUNT)).trouble;
    await eventually("the maker sees the lie", async () => /false root|disputed/.test((await trouble()) ?? ""), 120);
    const exit = await sell((AMOUNT * 95n) / 100n);
    await eventually("a reason", async () => /false root|disputed/.test((await offerFastExit(maker, exit)).reason), 60);
    expect(await holderOfExit(l1, market, exit.terms)).to.equal(exit.terms.owner.toLowerCase());
    expect(await l1.getBalance(exit.terms.owner)).to.equal(0n);
    const proven = { address: info.deployment.addresses.queue, topics: [STEP_PROVEN], fromBlock: 0 };
    await eventually("L1 executes the step", async () => (await l1.getLogs(proven)).length > 0, 200);
    await untilState(exit, ["bought", "paid"], 300, true);
    expect(await trouble()).to.equal(null);
  });

  it("has 3 ether, less the maker's fee, on L1 within seconds, and the portal pays the maker later", async () => {
    const quote = await quoteFastExit(maker, AMOUNT);
    expect(quote.trouble).to.equal(null);
    expect(quote.price > (AMOUNT * 99n) / 100n && quote.price < AMOUNT, `quotes ${quote.price}`).to.equal(true);
    const price = (quote.price * 999n) / 1000n;
    const exit = await sell(price);
    const started = Date.now();
    await untilState(exit, ["bought", "paid"], 60);
    expect(await l1.getBalance(exit.terms.owner)).to.equal(price);
    console.log(`        paid on L1 after ${((Date.now() - started) / 1_000).toFixed(1)} s`);
    expect(await holderOfExit(l1, market, exit.terms)).to.equal(MAKER);
    await untilState(exit, ["paid"], 240, true);
    expect(await l1.getBalance(exit.vault)).to.equal(0n);
  });

  it("does not buy what asks more than it is worth, what has no withdrawal behind it, or what is too late, and says why", async () => {
    const dear = await sell(AMOUNT);
    await eventually("a reason", async () => /worth at most/.test((await offerFastExit(maker, dear)).reason), 60);
    const strange = { ...dear, terms: { ...dear.terms, price: 1n } };
    expect((await untilState(strange, ["refused"], 60)).reason).to.match(/no withdrawal to the vault/);
    const late = await sell(1n, 0);
    expect((await untilState(late, ["refused"], 60)).reason).to.match(/for sale until/);
    for (const { terms } of [dear, strange, late])
      expect(await holderOfExit(l1, market, terms)).to.equal(terms.owner.toLowerCase());
  });
});
