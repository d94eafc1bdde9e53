import { expect } from "chai";
import { artifact } from "./support/artifact";
import { Session, type Deployed } from "./support/session";

const SUPPLY = 10n ** 24n;
const DEADLINE = 2n ** 40n;
const PERIPHERY = "@uniswap/v2-periphery/build";
const PAIR = artifact("@uniswap/v2-core/build/UniswapV2Pair.json");

describe("Uniswap v2 on the engine, next to @ethereumjs/vm", function () {
  this.timeout(120_000);
  let session: Session;
  let user: string;
  let weth: Deployed, factory: Deployed, router: Deployed, tokenA: Deployed, tokenB: Deployed;

  before(async () => {
    session = await Session.create();
    user = session.signers[0].address;
    weth = await session.deploy(artifact(`${PERIPHERY}/WETH9.json`));
    factory = await session.deploy(artifact("@uniswap/v2-core/build/UniswapV2Factory.json"), user);
    router = await session.deploy(artifact(`${PERIPHERY}/UniswapV2Router02.json`), factory.address, weth.address);
    tokenA = await session.deploy(artifact(`${PERIPHERY}/ERC20.json`), SUPPLY);
    tokenB = await session.deploy(artifact(`${PERIPHERY}/ERC20.json`), SUPPLY);
    for (const token of [tokenA, tokenB]) await session.send(token, "approve", [router.address, SUPPLY]);
  });

  async function pairOf(a: Deployed, b: Deployed): Promise<Deployed> {
    const [address] = await session.read(factory, "getPair", a.address, b.address);
    return session.at(address, PAIR);
  }

  async function balance(token: Deployed, owner = user): Promise<bigint> {
    return (await session.read(token, "balanceOf", owner))[0];
  }

  it("creates a pair by CREATE2 when liquidity is added, and mints its shares", async () => {
    const amounts = [10n ** 20n, 4n * 10n ** 20n];
    const args = [tokenA.address, tokenB.address, ...amounts, 0, 0, user, DEADLINE];
    expect((await session.send(router, "addLiquidity", args)).success).to.equal(true);
    expect(await balance(await pairOf(tokenA, tokenB))).to.equal(2n * 10n ** 20n - 1000n);
  });

  it("swaps at the price of the constant product less 0.3 percent", async () => {
    const before = await balance(tokenB);
    const amount = 10n ** 18n;
    const args = [amount, 0, [tokenA.address, tokenB.address], user, DEADLINE];
    expect((await session.send(router, "swapExactTokensForTokens", args)).success).to.equal(true);
    const withFee = amount * 997n;
    const expected = (withFee * 4n * 10n ** 20n) / (10n ** 20n * 1000n + withFee);
    expect((await balance(tokenB)) - before).to.equal(expected);
  });

  it("trades ether through WETH, over two pairs", async () => {
    const liquidity = [tokenA.address, 10n ** 20n, 0, 0, user, DEADLINE];
    expect((await session.send(router, "addLiquidityETH", liquidity, { value: 10n ** 19n })).success).to.equal(true);
    const before = await balance(tokenB);
    const path = [weth.address, tokenA.address, tokenB.address];
    const sent = await session.send(router, "swapExactETHForTokens", [0, path, user, DEADLINE], { value: 10n ** 16n });
    expect(sent.success).to.equal(true);
    expect((await balance(tokenB)) > before).to.equal(true);
  });

  it("reverts a swap that asks too much, and one that is late", async () => {
    const path = [tokenA.address, tokenB.address];
    const greedy = [1000, 10n ** 20n, path, user, DEADLINE];
    expect((await session.send(router, "swapExactTokensForTokens", greedy)).success).to.equal(false);
    expect((await session.send(router, "swapExactTokensForTokens", [1000, 0, path, user, 1])).success).to.equal(false);
  });

  it("pays out when liquidity is removed", async () => {
    const pair = await pairOf(tokenA, tokenB);
    const shares = await balance(pair);
    await session.send(pair, "approve", [router.address, shares]);
    const args = [tokenA.address, tokenB.address, shares, 0, 0, user, DEADLINE];
    expect((await session.send(router, "removeLiquidity", args)).success).to.equal(true);
    expect(await balance(pair)).to.equal(0n);
  });
});
