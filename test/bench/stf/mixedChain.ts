import { Interface, Wallet, concat, getBytes, getCreateAddress, type TransactionLike } from "ethers";
import { openEngine, type BuiltBlock, type Engine } from "../../../node/engine";
import type { Hex } from "../../../protocol/types";
import { encodeSegment } from "../../../protocol/batch";
import { CHAIN_ID, TestChain } from "../../vm/support/chain";
import { PRECOMPILE_CALLS } from "./precompileCalls";

/** The key of the account that sends everything. */
const KEY = `0x${"5e".repeat(32)}`;

const GWEI = 10n ** 9n;
const SUPPLY = 10n ** 24n;
const DEADLINE = 2n ** 40n;
/** Static-calls the address in the first word of the call data with the rest of it, and reverts where that fails. */
const FORWARDER: Hex = "0x0000000000000000000000000000000000f0f0f0";
const FORWARDER_CODE = "0x6020360360206000376000806020360360006000355afa601e57600080fd5b00";
const PERIPHERY = "@uniswap/v2-periphery/build";

export const KINDS = ["transfer", "swap", "creation", "reverted call", "deposit", "precompile call"] as const;
export type Kind = (typeof KINDS)[number];

/** A chain with Uniswap v2 on it, and transactions of each kind for one block more. */
export class MixedChain {
  readonly inbox = new TestChain({
    [FORWARDER]: { code: FORWARDER_CODE },
    [new Wallet(KEY).address]: { balance: (10n ** 24n).toString() },
  });
  readonly engine: Engine = openEngine({ nodes: this.inbox.nodes });
  private readonly wallet = new Wallet(KEY);
  private head: Hex = this.inbox.genesis.outputRoot;
  private nonce = 0;
  private contracts = { router: "", tokenA: "", tokenB: "" };

  private constructor() {}

  /** Deploys tokens, factory and router, and adds liquidity. */
  static async create(): Promise<MixedChain> {
    const chain = new MixedChain();
    const weth = await chain.deploy(`${PERIPHERY}/WETH9.json`);
    const factory = await chain.deploy("@uniswap/v2-core/build/UniswapV2Factory.json", chain.wallet.address);
    const router = await chain.deploy(`${PERIPHERY}/UniswapV2Router02.json`, factory, weth);
    const tokenA = await chain.deploy(`${PERIPHERY}/ERC20.json`, SUPPLY);
    const tokenB = await chain.deploy(`${PERIPHERY}/ERC20.json`, SUPPLY);
    chain.contracts = { router, tokenA, tokenB };
    const approve = (token: string) =>
      chain.sign({ to: token, data: encode(`${PERIPHERY}/ERC20.json`, "approve", router, SUPPLY) });
    const [from, to] = [10n ** 22n, 4n * 10n ** 22n];
    const add = chain.callRouter("addLiquidity", tokenA, tokenB, from, to, 0, 0, chain.wallet.address, DEADLINE);
    await chain.post([
      await approve(tokenA),
      await approve(tokenB),
      await chain.sign({ ...add, gasLimit: 5_000_000n }),
    ]);
    return chain;
  }

  /** The output root after the last block. */
  get outputRoot(): Hex {
    return this.head;
  }

  /** A block with so many transactions of each kind, posted as a batch of its own. */
  async addBlock(counts: Partial<Record<Kind, number>>): Promise<BuiltBlock> {
    const transactions: Uint8Array[] = [];
    for (const kind of KINDS)
      for (let i = 0; i < (counts[kind] ?? 0); i++) {
        if (kind === "deposit") this.inbox.addMessage({ to: recipient(i), mint: 5n, value: 3n, gasLimit: 50_000n });
        else transactions.push(await this.sign(this.fields(kind, i)));
      }
    return this.post(transactions, counts.deposit ?? 0);
  }

  private fields(kind: Exclude<Kind, "deposit">, index: number): TransactionLike {
    const { tokenA, tokenB } = this.contracts;
    const swap = (least: bigint) => {
      const path = index % 2 === 0 ? [tokenA, tokenB] : [tokenB, tokenA];
      return this.callRouter("swapExactTokensForTokens", 10n ** 18n, least, path, this.wallet.address, DEADLINE);
    };
    switch (kind) {
      case "transfer":
        return { to: recipient(1000 + index), value: 1n, gasLimit: 21_000n };
      case "swap":
        return swap(0n);
      case "creation":
        return { data: deployment(`${PERIPHERY}/ERC20.json`, [SUPPLY]), gasLimit: 3_000_000n };
      case "reverted call":
        return swap(SUPPLY);
      case "precompile call": {
        const { address, input } = PRECOMPILE_CALLS[index % PRECOMPILE_CALLS.length];
        const word = `0x${address.toString(16).padStart(64, "0")}`;
        return { to: FORWARDER, data: concat([word, input]), gasLimit: 400_000n };
      }
    }
  }

  private callRouter(name: string, ...args: unknown[]): TransactionLike {
    return { to: this.contracts.router, data: encode(`${PERIPHERY}/UniswapV2Router02.json`, name, ...args) };
  }

  private async deploy(path: string, ...args: unknown[]): Promise<string> {
    const to = getCreateAddress({ from: this.wallet.address, nonce: this.nonce });
    await this.post([await this.sign({ data: deployment(path, args), gasLimit: 8_000_000n })]);
    return to;
  }

  private async sign(fields: TransactionLike): Promise<Uint8Array> {
    const price = { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: GWEI };
    const defaults = { type: 2, chainId: CHAIN_ID, gasLimit: 300_000n, nonce: this.nonce++ };
    return getBytes(await this.wallet.signTransaction({ ...defaults, ...price, ...fields }));
  }

  /** Builds the block and posts it. @throws Error where a transaction is left out. */
  private async post(transactions: Uint8Array[], messageCount = 0): Promise<BuiltBlock> {
    const timestamp = BigInt(this.inbox.header(this.head).timestamp) + 1n;
    const block = this.engine.buildBlock({
      parentOutputRoot: this.head,
      timestamp,
      messageCount,
      inbox: this.inbox,
      candidates: transactions,
      place: { batch: this.inbox.batchCount, segment: 0, offset: 0 },
    });
    if (block.excluded.length > 0) throw new Error(`left out: ${block.excluded[0].message}`);
    this.inbox.addRawBatch(encodeSegment([block.body]), timestamp);
    this.head = block.outputRoot;
    return block;
  }
}

function recipient(index: number): Hex {
  return `0x${(0xbeef0000 + index).toString(16).padStart(40, "0")}`;
}

function read(path: string): { interface: Interface; bytecode: string } {
  const { abi, bytecode } = require(path);
  const code = typeof bytecode === "string" ? bytecode : bytecode.object;
  return { interface: new Interface(abi), bytecode: code.startsWith("0x") ? code : `0x${code}` };
}

function encode(path: string, name: string, ...args: unknown[]): string {
  return read(path).interface.encodeFunctionData(name, args);
}

function deployment(path: string, args: unknown[]): string {
  const contract = read(path);
  return concat([contract.bytecode, contract.interface.encodeDeploy(args)]);
}
