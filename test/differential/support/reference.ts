import { createBlock, type Block } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import type { EVM, InterpreterStep } from "@ethereumjs/evm";
import { createMPT } from "@ethereumjs/mpt";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTxFromRLP } from "@ethereumjs/tx";
import { createAddressFromString, hexToBytes, type DB, type KZG, type PrefixedHexString } from "@ethereumjs/util";
import { createVM, encodeReceipt, runTx, type VM } from "@ethereumjs/vm";
import * as secp256k1 from "secp256k1";
import type { Hex, NodeStore } from "../../../protocol/types";
import { keccak256, toHex } from "../../../protocol";
import { BASE_FEE, BLOCK, COINBASE } from "./world";

const CALL_GAS = 10_000_000n;

export interface ReferenceResult {
  stateRoot: Hex;
  gasUsed: bigint;
  /** Of the transactions that were valid, in order. */
  receipts: Uint8Array[];
  /** Why the others were not, by index. */
  excluded: Map<number, string>;
}

/** @ethereumjs/vm (Osaka) over nodes that it reads and does not change. */
export class Reference {
  private constructor(
    private readonly vm: VM,
    private readonly state: MerkleStateManager,
    private readonly db: ReadThrough,
    private readonly block: Block,
    private readonly common: Common,
  ) {}

  static async create(nodes: NodeStore): Promise<Reference> {
    const customCrypto = {
      keccak256,
      ecdsaRecover: (signature: Uint8Array, parity: number, hash: Uint8Array) =>
        secp256k1.ecdsaRecover(signature, parity, hash, false),
      ecrecover: (hash: Uint8Array, v: bigint, r: Uint8Array, s: Uint8Array, chainId?: bigint) => {
        const parity = v === 0n || v === 1n ? v : chainId === undefined ? v - 27n : v - (chainId * 2n + 35n);
        const signature = new Uint8Array(64);
        signature.set(r, 32 - r.length);
        signature.set(s, 64 - s.length);
        return secp256k1.ecdsaRecover(signature, Number(parity), hash, false).subarray(1);
      },
      kzg: {} as KZG,
    };
    const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka, customCrypto });
    const db = new ReadThrough(nodes);
    const trie = await createMPT({ useKeyHashing: true, useKeyHashingFunction: keccak256, common, db });
    const state = new MerkleStateManager({ common, trie, prefixCodeHashes: false });
    const blockchain = {
      getBlock: () => Promise.resolve({ hash: () => new Uint8Array(32) }),
      shallowCopy: () => blockchain,
    };
    const vm = await createVM({ common, stateManager: state, blockchain: blockchain as never });
    const header = {
      ...BLOCK,
      baseFeePerGas: BASE_FEE,
      coinbase: COINBASE as PrefixedHexString,
      excessBlobGas: 0n,
      blobGasUsed: 0n,
      parentBeaconBlockRoot: new Uint8Array(32),
      withdrawalsRoot: new Uint8Array(32),
      requestsHash: new Uint8Array(32),
    };
    return new Reference(
      vm,
      state,
      db,
      createBlock({ header }, { common, skipConsensusFormatValidation: true }),
      common,
    );
  }

  /** Calls `listener` before each instruction of whatever runs. @returns how to end that. */
  onStep(listener: (step: InterpreterStep) => void): () => void {
    const events = (this.vm.evm as EVM).events;
    events.on("step", listener);
    return () => void events.off("step", listener);
  }

  /** Runs the transactions one after the other; those that the library refuses leave no trace. */
  async run(stateRoot: Hex, transactions: readonly Uint8Array[]): Promise<ReferenceResult> {
    const { vm, state, block, common } = this;
    this.db.clear();
    await state.setStateRoot(hexToBytes(stateRoot), true);
    let gasUsed = 0n;
    const receipts: Uint8Array[] = [];
    const excluded = new Map<number, string>();
    for (const [index, raw] of transactions.entries()) {
      try {
        const tx = createTxFromRLP(raw, { common });
        const result = await runTx(vm, { tx, block, blockGasUsed: gasUsed });
        gasUsed += result.totalGasSpent;
        receipts.push(encodeReceipt(result.receipt, tx.type));
      } catch (error) {
        excluded.set(index, error instanceof Error ? error.message : String(error));
      }
    }
    return { stateRoot: toHex(await state.getStateRoot()), gasUsed, receipts, excluded };
  }

  /** What a call returns on a state of the store; nothing of it stays. */
  async call(stateRoot: Hex, from: Hex, to: Hex, data: Uint8Array): Promise<Uint8Array> {
    this.db.clear();
    await this.state.setStateRoot(hexToBytes(stateRoot), true);
    const { execResult } = await this.vm.evm.runCall({
      caller: createAddressFromString(from),
      to: createAddressFromString(to),
      data,
      block: this.block,
      gasLimit: CALL_GAS,
    });
    return execResult.returnValue;
  }
}

/** The library's database: its own writes, over a node store. Keys are hex without 0x; values are hex where they were put as hex. */
class ReadThrough implements DB<string, string | Uint8Array> {
  private readonly own = new Map<string, string | Uint8Array>();

  constructor(private readonly nodes: NodeStore) {}

  clear(): void {
    this.own.clear();
  }

  get(key: string, options?: { valueEncoding?: string }): Promise<string | Uint8Array | undefined> {
    const own = this.own.get(key);
    if (own !== undefined) return Promise.resolve(own);
    const found = this.nodes.get(Buffer.from(key, "hex"));
    if (found === undefined) return Promise.resolve(undefined);
    return Promise.resolve(options?.valueEncoding === "view" ? found : Buffer.from(found).toString("hex"));
  }

  put(key: string, value: string | Uint8Array): Promise<void> {
    this.own.set(key, value);
    return Promise.resolve();
  }

  del(): Promise<void> {
    return Promise.resolve();
  }

  async batch(operations: { type: string; key: string; value?: string | Uint8Array }[]): Promise<void> {
    for (const { type, key, value } of operations) if (type === "put") await this.put(key, value!);
  }

  shallowCopy(): DB<string, string | Uint8Array> {
    return this;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }
}
