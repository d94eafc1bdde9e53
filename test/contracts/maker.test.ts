import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import { type Contract, type Signer, toBeHex, ZeroAddress } from "ethers";
import { withdrawalsIn, type ExitTerms, type LayerSigner, type Withdrawal } from "../../client";
import { decide, worthOf, type Decision, type Position } from "../../liquidity/decide";
import { CLAIM_GAS } from "../../liquidity/quote";
import type { Hex } from "../../protocol/types";
import { deployBothLayers, ETHER, predeploys } from "./support/system";

const VALUE = 3n * ETHER;
const WAIT = 604_800n;
const GAS = Object.values(CLAIM_GAS).reduce((sum, one) => sum + one, 0n);

interface Bench {
  market: Contract;
  user: Signer;
  maker: LayerSigner;
}

async function deploy(): Promise<Bench> {
  const { user } = await deployBothLayers();
  const market = (await hre.ethers.deployContract("ExitMarket")) as unknown as Contract;
  const maker = (await hre.ethers.getSigners())[7] as unknown as LayerSigner;
  return { market, user, maker };
}

describe("What a maker buys", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await loadFixture(deploy);
  });

  const termsAt = async (price: bigint, salt = 1): Promise<ExitTerms> => ({
    owner: (await bench.user.getAddress()) as Hex,
    asset: ZeroAddress as Hex,
    price,
    deadline: BigInt((await time.latest()) + 3_600),
    salt: toBeHex(salt, 32) as Hex,
  });

  async function withdraw(terms: ExitTerms, value = VALUE, data = "0x"): Promise<Withdrawal[]> {
    const { messagePasser } = await predeploys();
    const start = messagePasser.connect(bench.user).getFunction("initiateWithdrawal");
    return withdrawalsIn((await (await start(await bench.market.vaultOf(terms), 50_000, data, { value })).wait())!);
  }

  const positionFor = ([{ l2Block }]: Withdrawal[], change: Partial<Position> = {}): Position => ({
    l1: bench.maker,
    market: bench.market.target as string,
    outlook: { trouble: null, waitSeconds: () => Promise.resolve(WAIT) },
    ...{ boughtUpTo: l2Block, finalized: l2Block, yearlyRate: 1_000n, dropRisk: 100n, allowance: 100n * ETHER },
    ...change,
  });

  /** What is decided of an offer at that price; a withdrawal whose vault is that of the terms. */
  async function at(price: bigint, change: Partial<Position> = {}, value = VALUE): Promise<Decision> {
    const terms = await termsAt(price);
    const withdrawals = await withdraw(terms, value);
    return decide(positionFor(withdrawals, change), terms, withdrawals);
  }
  const cause = (decision: Decision): string => (decision.buys ? "buys" : decision.cause);

  it("buys at what the withdrawal is worth, and waits at a wei more; the rate and the risk are in it", async () => {
    const terms = await termsAt(1n);
    const withdrawals = await withdraw(terms);
    const [{ l2Block }] = withdrawals;
    const decideAt = async (price: bigint, change: Partial<Position>) => {
      const other = { ...terms, price };
      const vault = ((await bench.market.vaultOf(other)) as string).toLowerCase() as Hex;
      const [one] = withdrawals;
      const moved = [{ ...one, transaction: { ...one.transaction, target: vault } }];
      return cause(await decide(positionFor(withdrawals, change), other, moved));
    };
    const worths: bigint[] = [];
    for (const change of [
      {},
      { yearlyRate: 2_000n },
      // Not final yet: the risk counts.
      { finalized: l2Block - 1 },
      { finalized: l2Block - 1, dropRisk: 5_000n },
    ] as Partial<Position>[]) {
      const worth = await worthOf(positionFor(withdrawals, change), l2Block, VALUE);
      expect(await decideAt(worth, change)).to.equal("buys");
      expect(await decideAt(worth + 1n, change)).to.equal("price");
      worths.push(worth);
    }
    const [plain, dear, risky, riskier] = worths;
    expect(plain > dear && plain > risky && risky > riskier, worths.join(" ")).to.equal(true);
  });

  it("takes no present that would cost it gas", async () => {
    const { gasPrice } = await bench.maker.provider.getFeeData();
    expect(cause(await at(0n, {}, (GAS * gasPrice!) / 2n))).to.equal("price");
    expect(cause(await at(0n, {}, 4n * GAS * gasPrice!))).to.equal("buys");
  });

  it("waits for a block that it may buy, and while anything is fought over", async () => {
    const terms = await termsAt(1n);
    const withdrawals = await withdraw(terms);
    const [{ l2Block }] = withdrawals;
    const decided = async (change: Partial<Position>, seen: Withdrawal[] | null = withdrawals) =>
      cause(await decide(positionFor(withdrawals, change), terms, seen));
    expect(await decided({ boughtUpTo: l2Block })).to.equal("buys");
    expect(await decided({ boughtUpTo: l2Block - 1 })).to.equal("not-final");
    expect(await decided({}, null)).to.equal("unseen");
    expect(await decided({ outlook: { trouble: "a lie", waitSeconds: () => Promise.resolve(0n) } })).to.equal(
      "trouble",
    );
  });

  it("keeps what may be out, and what it has, to the wei", async () => {
    const price = ETHER;
    expect(cause(await at(price, { allowance: price }))).to.equal("buys");
    expect(cause(await at(price, { allowance: price - 1n }))).to.equal("exposure");
    const terms = await termsAt(price);
    const withdrawals = await withdraw(terms);
    const { maxFeePerGas } = await bench.maker.provider.getFeeData();
    const needed = price + maxFeePerGas! * CLAIM_GAS.buy;
    for (const [balance, expected] of [
      [needed, "buys"],
      [needed - 1n, "funds"],
    ] as const) {
      await setBalance(await bench.maker.getAddress(), balance);
      expect(cause(await decide(positionFor(withdrawals), terms, withdrawals))).to.equal(expected);
    }
  });

  it("refuses for good what is no withdrawal to the vault, carries data, is too late, or is sold", async () => {
    const { market, maker } = bench;
    const terms = await termsAt(ETHER);
    const withdrawals = await withdraw(terms);
    const refused = async (of: ExitTerms, seen = withdrawals): Promise<string> => {
      const decision = await decide(positionFor(seen), of, seen);
      expect(cause(decision)).to.equal("refused");
      return (decision as { reason: string }).reason;
    };
    expect(await refused({ ...terms, asset: toBeHex(7, 20) as Hex })).to.contain("ether alone");
    expect(await refused({ ...terms, salt: toBeHex(2, 32) as Hex })).to.contain("no withdrawal to the vault");
    const called = await termsAt(ETHER, 3);
    expect(await refused(called, await withdraw(called, VALUE, "0x01"))).to.contain("with data");
    const now = BigInt(await time.latest());
    const late = { ...terms, deadline: now + 1n };
    expect(await refused(late, await withdraw(late))).to.contain("for sale until");
    const second = await termsAt(ETHER, 4);
    const its = await withdraw(second);
    await (await market.connect(maker).getFunction("buy")(second, ETHER, 0, { value: ETHER })).wait();
    expect(await refused(second, its)).to.contain("sold to");
  });
});
