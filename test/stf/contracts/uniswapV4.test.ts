import { ZeroAddress } from "ethers";
import { expect } from "chai";
import { artifact } from "./support/artifact";
import { Session, type Deployed } from "./support/session";

const OUT = "@uniswap/v4-core/out";
const SUPPLY = 10n ** 24n;
const ONE_TO_ONE = 1n << 96n;
const LOWEST_PRICE = 4295128740n;

describe("Uniswap v4 PoolManager on the engine, next to @ethereumjs/vm", function () {
  this.timeout(120_000);
  let session: Session;
  let manager: Deployed, liquidity: Deployed, swaps: Deployed;
  let tokens: Deployed[];
  let key: unknown[];

  before(async () => {
    session = await Session.create();
    const user = session.signers[0].address;
    manager = await session.deploy(artifact(`${OUT}/PoolManager.sol/PoolManager.json`), user);
    liquidity = await session.deploy(
      artifact(`${OUT}/PoolModifyLiquidityTest.sol/PoolModifyLiquidityTest.json`),
      manager.address,
    );
    swaps = await session.deploy(artifact(`${OUT}/PoolSwapTest.sol/PoolSwapTest.json`), manager.address);
    tokens = [];
    for (let i = 0; i < 2; i++) {
      const token = await session.deploy(artifact("@uniswap/v2-periphery/build/ERC20.json"), SUPPLY);
      for (const { address } of [liquidity, swaps]) await session.send(token, "approve", [address, SUPPLY]);
      tokens.push(token);
    }
    tokens.sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
    key = [tokens[0].address, tokens[1].address, 3000, 60, ZeroAddress];
  });

  const modify = (delta: bigint) =>
    session.send(
      liquidity,
      "modifyLiquidity((address,address,uint24,int24,address),(int24,int24,int256,bytes32),bytes)",
      [key, [-600, 600, delta, `0x${"00".repeat(32)}`], "0x"],
    );
  const swap = (amount: bigint, limit = LOWEST_PRICE) =>
    session.send(swaps, "swap", [key, [true, amount, limit], [false, false], "0x"]);

  it("initializes a pool, once", async () => {
    expect((await session.send(manager, "initialize", [key, ONE_TO_ONE])).success).to.equal(true);
    expect((await session.send(manager, "initialize", [key, ONE_TO_ONE])).success).to.equal(false);
  });

  it("takes liquidity, settled through transient storage", async () => {
    expect((await modify(10n ** 20n)).success).to.equal(true);
  });

  it("swaps an exact input and an exact output", async () => {
    const balance = async () => (await session.read(tokens[1], "balanceOf", session.signers[0].address))[0] as bigint;
    const before = await balance();
    expect((await swap(-(10n ** 16n))).success).to.equal(true);
    const got = (await balance()) - before;
    expect(got > 99n * 10n ** 14n && got < 10n ** 16n).to.equal(true);
    expect((await swap(10n ** 15n)).success).to.equal(true);
    expect((await balance()) - before - got).to.equal(10n ** 15n);
  });

  it("refuses a price limit that is already passed, and to be called outside of an unlock", async () => {
    expect((await swap(-1000n, ONE_TO_ONE * 2n)).success).to.equal(false);
    expect((await session.send(manager, "settle", [])).success).to.equal(false);
  });

  it("gives the liquidity back", async () => {
    expect((await modify(-(10n ** 20n))).success).to.equal(true);
  });
});
