import {
  AbiCoder,
  Contract,
  ContractFactory,
  Interface,
  JsonRpcProvider,
  keccak256,
  NonceManager,
  parseEther,
  Wallet,
  type Signer,
} from "ethers";
import { devAccount } from "../../devnet/accounts";
import type { DevnetInfo } from "../../devnet/devnet";
import { PREDEPLOYS, readArtifact } from "../../deployment";
import { aliasOf } from "../../verifier/audit/books";
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
  private readonly onL1: NonceManager;
  private readonly onL2: NonceManager;

  constructor(
    private readonly info: DevnetInfo,
    private readonly story: Narrator,
    index: number,
  ) {
    const account = devAccount(index);
    this.address = account.address;
    this.l1 = new JsonRpcProvider(info.l1.url, undefined, OPTIONS);
    this.l2 = new JsonRpcProvider(info.l2.sequencer!, undefined, OPTIONS);
    this.onL1 = new NonceManager(new Wallet(account.privateKey, this.l1));
    this.onL2 = new NonceManager(new Wallet(account.privateKey, this.l2));
  }

  close(): void {
    this.l1.destroy();
    this.l2.destroy();
  }

  async deposit(amount: bigint): Promise<void> {
    const before = await this.l2.getBalance(this.address);
    const portal = this.system("bridge/Portal", this.info.deployment.addresses.portal);
    await (await portal.depositTransaction(this.address, amount, 100_000n, false, "0x", { value: amount })).wait();
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
    const { tokenBridge } = this.info.deployment.addresses;
    await (await token.approve(tokenBridge, TOKENS)).wait();
    const bridge = this.system("bridge/TokenBridge", tokenBridge);
    await (await bridge.depositToken(l1Token, l2Token, this.address, TOKENS)).wait();
    const mine = new Contract(l2Token, readArtifact("l2/L2Token").abi, this.onL2);
    await eventually("the token on L2", async () => ((await mine.balanceOf(this.address)) as bigint) === TOKENS);
    this.story.tell(
      `deposited ${ether(TOKENS)} ORD through the token bridge (from ${aliasOf(tokenBridge)} on L2)`,
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

  async startWithdrawal(amount: bigint): Promise<Withdrawal> {
    const passer = new Contract(PREDEPLOYS.messagePasser, readArtifact("l2/MessagePasser").abi, this.onL2);
    return this.withdrawalIn(
      await (await passer.initiateWithdrawal(this.address, 50_000n, "0x", { value: amount })).wait(),
    );
  }

  async startTokenWithdrawal(token: Contract, amount: bigint): Promise<Withdrawal> {
    const bridge = new Contract(PREDEPLOYS.l2Bridge, readArtifact("l2/L2Bridge").abi, this.onL2);
    return this.withdrawalIn(await (await bridge.withdrawToken(await token.getAddress(), this.address, amount)).wait());
  }

  /** Proves a withdrawal against an assertion (number in the queue) whose end is L2 block `l2Block`. */
  async prove(withdrawal: Withdrawal, assertion: number, l2Block: number): Promise<void> {
    const { hash, transaction } = withdrawal;
    const tag = `0x${l2Block.toString(16)}`;
    const slot = passerSlot(hash);
    const proof = (await this.l2.send("eth_getProof", [PREDEPLOYS.messagePasser, [slot], tag])) as {
      storageHash: string;
      storageProof: { proof: string[] }[];
    };
    const block = (await this.l2.send("eth_getBlockByNumber", [tag, false])) as { hash: string; stateRoot: string };
    const output = [`0x${"00".repeat(32)}`, block.stateRoot, proof.storageHash, block.hash];
    const { proof: nodes } = proof.storageProof[0];
    await (await this.portal().proveWithdrawalTransaction(transaction, assertion, output, nodes)).wait();
  }

  /** @returns whether the portal pays it now. */
  async finalize(withdrawal: Withdrawal): Promise<boolean> {
    const portal = this.portal();
    const isDue = await portal.checkWithdrawal(withdrawal.hash, this.address).then(
      () => true,
      () => false,
    );
    if (!isDue) return false;
    await (await portal.finalizeWithdrawalTransaction(withdrawal.transaction)).wait();
    return true;
  }

  async balanceOnL1(): Promise<bigint> {
    return this.l1.getBalance(this.address);
  }

  private portal(): Contract {
    return this.system("bridge/Portal", this.info.deployment.addresses.portal);
  }

  private system(source: string, address: string): Contract {
    return new Contract(address, readArtifact(source).abi, this.onL1);
  }

  private withdrawalIn(receipt: { blockNumber: number; logs: { topics: string[]; data: string }[] }): Withdrawal {
    for (const log of receipt.logs) {
      const parsed = PASSED.parseLog(log);
      if (parsed === null) continue;
      const { nonce, sender, target, value, gasLimit, data, withdrawalHash } = parsed.args;
      const transaction = { nonce, sender, target, value, gasLimit, data } as Withdrawal["transaction"];
      return { hash: withdrawalHash as string, block: receipt.blockNumber, transaction };
    }
    throw new Error("no withdrawal in the receipt");
  }
}

/** A withdrawal that L2 recorded. */
export interface Withdrawal {
  hash: string;
  /** L2 block that recorded it. */
  block: number;
  transaction: { nonce: bigint; sender: string; target: string; value: bigint; gasLimit: bigint; data: string };
}

const PASSED = new Interface([
  "event MessagePassed(uint256 indexed nonce, address indexed sender, address indexed target, uint256 value, uint256 gasLimit, bytes data, bytes32 withdrawalHash)",
]);

/** Slot of `sentMessages[hash]`. */
function passerSlot(hash: string): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [hash, 0]));
}

async function deploy(signer: Signer, { abi, bytecode }: Build, args: unknown[] = []): Promise<Contract> {
  const contract = await new ContractFactory(abi as never, bytecode, signer).deploy(...args);
  return (await contract.waitForDeployment()) as Contract;
}

function readBuild(path: string): Build {
  return require(`@uniswap/${path}`) as Build;
}
