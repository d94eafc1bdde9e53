import {
  Contract,
  ContractFactory,
  type JsonRpcProvider,
  NonceManager,
  parseEther,
  Wallet,
  ZeroAddress,
  type Signer,
} from "ethers";
import { QuietProvider } from "../../actor/provider";
import {
  buildBackingEvidence,
  depositEther,
  depositToken,
  finalizeWithdrawal,
  proveWithdrawal,
  startTokenWithdrawal,
  startWithdrawal,
  withdrawalStatus,
  type LayerSigner,
  type RollupAddresses,
  type ToldAssertion,
  type Withdrawal,
} from "../../client";
import { devAccount } from "../../devnet/accounts";
import type { DevnetInfo } from "../../devnet/devnet";
import { PREDEPLOYS, readArtifact } from "../../deployment";
import { aliasOf } from "../../verifier/audit/books";
import { SETTLEMENT_ABI } from "../../games/settlement";
import { isErrorCode } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import { ether, eventually, type Narrator } from "./narrator";

const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };
const FACTORY = readBuild("v2-core/build/UniswapV2Factory.json");
const ROUTER = readBuild("v2-periphery/build/UniswapV2Router02.json");
const WETH = readBuild("v2-periphery/build/WETH9.json");
const TOKENS = parseEther("1000");

interface Build {
  abi: unknown[];
  bytecode: string;
}

/** A user of the rollup on both layers, with unmodified contracts. */
export class User {
  readonly address: string;
  readonly l1: JsonRpcProvider;
  readonly l2: JsonRpcProvider;
  private readonly rollup: RollupAddresses;
  readonly onL1: LayerSigner;
  readonly onL2: LayerSigner;
  private readonly others: JsonRpcProvider[] = [];

  constructor(
    info: DevnetInfo,
    private readonly story: Narrator,
    index: number,
  ) {
    const account = devAccount(index);
    this.address = account.address;
    this.l1 = new QuietProvider(info.l1.url, undefined, OPTIONS);
    this.l2 = new QuietProvider(info.l2.sequencer!, undefined, OPTIONS);
    this.rollup = info.deployment.addresses;
    this.onL1 = new NonceManager(new Wallet(account.privateKey, this.l1)) as unknown as LayerSigner;
    this.onL2 = new NonceManager(new Wallet(account.privateKey, this.l2)) as unknown as LayerSigner;
  }

  close(): void {
    this.l1.destroy();
    this.l2.destroy();
    for (const provider of this.others) provider.destroy();
  }

  /** JSON-RPC of somebody else, until `close`. */
  connect(url: string): JsonRpcProvider {
    const provider = new QuietProvider(url, undefined, OPTIONS);
    this.others.push(provider);
    return provider;
  }

  async deposit(amount: bigint): Promise<void> {
    const before = await this.l2.getBalance(this.address);
    await depositEther(this.onL1, this.rollup, { amount });
    await eventually("the deposit on L2", async () => (await this.l2.getBalance(this.address)) >= before + amount);
    this.story.tell(`deposited ${ether(amount)} ether: minted on L2`, "deposit", { amount });
  }

  /** A token on L1, its L2 token, and a deposit of it. @returns the L2 token. */
  async depositToken(): Promise<Contract> {
    const { abi, bytecode } = readArtifact("test/Tokens:OrdinaryToken");
    const token = await deploy(this.onL1, { abi: abi as unknown[], bytecode });
    await (await token.mint(this.address, TOKENS)).wait();
    const factory = new Contract(PREDEPLOYS.tokenFactory, readArtifact("l2/L2TokenFactory").abi, this.onL2);
    const l1Token = await token.getAddress();
    await (await factory.createToken(l1Token, "Ordinary", "ORD", 18)).wait();
    const l2Token = (await factory.tokenAddress(l1Token, "Ordinary", "ORD", 18)) as string;
    await depositToken(this.onL1, this.rollup, { l1Token, l2Token, amount: TOKENS });
    const mine = new Contract(l2Token, readArtifact("l2/L2Token").abi, this.onL2);
    await eventually("the token on L2", async () => ((await mine.balanceOf(this.address)) as bigint) === TOKENS);
    this.story.tell(
      `deposited ${ether(TOKENS)} ORD through the token bridge (from ${aliasOf(this.rollup.tokenBridge)} on L2)`,
      "deposit-token",
    );
    return mine;
  }

  /** Deploys Uniswap v2 as its authors compiled it, makes a pool and swaps in it. */
  async swap(token: Contract): Promise<void> {
    const weth = await deploy(this.onL2, WETH);
    const factory = await deploy(this.onL2, FACTORY, [this.address]);
    const router = await deploy(this.onL2, ROUTER, [await factory.getAddress(), await weth.getAddress()]);
    await (await token.approve(await router.getAddress(), TOKENS)).wait();
    const end = 2n ** 40n;
    const tokenAddress = await token.getAddress();
    const liquidity = { value: parseEther("2") };
    await (await router.addLiquidityETH(tokenAddress, parseEther("500"), 0, 0, this.address, end, liquidity)).wait();
    const before = (await token.balanceOf(this.address)) as bigint;
    const path = [await weth.getAddress(), tokenAddress];
    // A pool writes more in a later second than in the one that an estimate is made for.
    const bought = { value: parseEther("0.1"), gasLimit: 500_000n };
    const receipt = await (await router.swapExactETHForTokens(0, path, this.address, end, bought)).wait();
    const got = ((await token.balanceOf(this.address)) as bigint) - before;
    if (got <= 0n) throw new Error("the swap gave nothing");
    this.story.tell(`Uniswap v2 on L2: swapped 0.1 ether for ${ether(got)} ORD, ${receipt.gasUsed} gas`, "swap", {
      got,
    });
  }

  /** A transfer on L2. @returns its block. */
  async transfer(to: string, value: bigint): Promise<number> {
    const receipt = await (await this.onL2.sendTransaction({ to, value })).wait();
    return receipt!.blockNumber;
  }

  startWithdrawal(amount: bigint): Promise<Withdrawal> {
    return startWithdrawal(this.onL2, { amount });
  }

  async startTokenWithdrawal(token: Contract, amount: bigint): Promise<Withdrawal> {
    return startTokenWithdrawal(this.onL2, { l2Token: await token.getAddress(), amount });
  }

  /** Proves a withdrawal against an assertion that the user's own node agrees with, rivalled or not. */
  async prove(
    withdrawal: Withdrawal,
    { index, l2BlockNumber, outputRoot }: { index: number; l2BlockNumber: number; outputRoot: Hex },
  ): Promise<void> {
    const assertion = { index: BigInt(index), l2Block: l2BlockNumber, outputRoot, createdAt: 0 };
    await proveWithdrawal(this.onL1, this.l2, this.rollup, withdrawal, assertion);
  }

  /** @returns whether the portal pays it now. */
  async finalize(withdrawal: Withdrawal): Promise<boolean> {
    const { state } = await withdrawalStatus(this.l1, this.rollup, withdrawal, this.address);
    if (state !== "ready-to-finalize") return false;
    await finalizeWithdrawal(this.onL1, this.rollup, withdrawal);
    return true;
  }

  /** Finalises what the portal pays now. @returns whether it has paid. */
  async settle(withdrawal: Withdrawal): Promise<boolean> {
    await this.finalize(withdrawal);
    const { state } = await withdrawalStatus(this.l1, this.rollup, withdrawal, this.address);
    return state === "finalized";
  }

  /** Whether an assertion ends as the user's own node has it. */
  async agrees(assertion: ToldAssertion): Promise<boolean> {
    try {
      await buildBackingEvidence(this.l2, assertion, ZeroAddress);
      return true;
    } catch (error) {
      if (isErrorCode(error, "other-chain")) return false;
      throw error;
    }
  }

  async isConfirmed(assertion: Hex): Promise<boolean> {
    const queue = new Contract(this.rollup.queue, SETTLEMENT_ABI, this.l1);
    return (await queue.isAssertionConfirmed(assertion)) as boolean;
  }

  async balanceOnL1(): Promise<bigint> {
    return this.l1.getBalance(this.address);
  }
}

async function deploy(signer: Signer, { abi, bytecode }: Build, args: unknown[] = []): Promise<Contract> {
  const contract = await new ContractFactory(abi as never, bytecode, signer).deploy(...args);
  return (await contract.waitForDeployment()) as Contract;
}

function readBuild(path: string): Build {
  return require(`@uniswap/${path}`) as Build;
}
