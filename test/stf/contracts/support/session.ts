import { getCreateAddress, Interface, type InterfaceAbi, type Result } from "ethers";
import type { Hex } from "../../../../protocol/types";
import { decodeHeader, decodeRlp, fromHex, rlpBytes, rlpList, toHex, type RlpItem } from "../../../../protocol";
import { putState } from "../../../conformance/eest/preState";
import { Comparer } from "../../../differential/support/compare";
import { createSigner, signTransaction, type Fields, type Signer } from "../../../differential/support/sign";
import { CHAIN_ID } from "../../../differential/support/world";

/** A compiled contract as npm packages carry it. */
export interface Artifact {
  abi: InterfaceAbi;
  bytecode: string;
}

export interface Deployed {
  address: Hex;
  abi: Interface;
}

export interface Sent {
  success: boolean;
  gasUsed: bigint;
  logs: { address: Hex; topics: string[]; data: string }[];
}

const ETHER = 10n ** 18n;
const GAS = 16_000_000n;

/**
 * A chain of one-transaction blocks on which contracts live: each transaction and each call runs in the engine and in @ethereumjs/vm,
 * and any difference (validity, status, gas, logs, state root, returned data) is an error.
 */
export class Session {
  readonly signers = [11, 12, 13].map(createSigner);
  private readonly nonces = new Map<Hex, bigint>();
  private stateRoot: Hex;
  private headerRlp: Uint8Array | null = null;

  private constructor(private readonly comparer: Comparer) {
    const account = { nonce: "0x0", balance: `0x${(1000n * ETHER).toString(16)}`, code: "0x", storage: {} };
    this.stateRoot = putState(
      Object.fromEntries(this.signers.map(({ address }) => [address, account])),
      comparer.nodes,
    );
  }

  static async create(): Promise<Session> {
    return new Session(await Comparer.create());
  }

  /** Deploys from the first signer. @throws Error when the creation fails. */
  async deploy({ abi, bytecode }: Artifact, ...args: unknown[]): Promise<Deployed> {
    const [signer] = this.signers;
    const face = new Interface(abi);
    const address = getCreateAddress({ from: signer.address, nonce: this.nonceOf(signer) }).toLowerCase() as Hex;
    const code = bytecode.startsWith("0x") ? bytecode : `0x${bytecode}`;
    const { success } = await this.sendRaw(
      { to: null, data: fromHex(code + face.encodeDeploy(args).slice(2)) },
      signer,
    );
    if (!success) throw new Error(`the creation of ${address} failed`);
    return { address, abi: face };
  }

  /** A contract that stands already. */
  at(address: string, { abi }: Artifact): Deployed {
    return { address: address.toLowerCase() as Hex, abi: new Interface(abi) };
  }

  /** Calls a function in a transaction. */
  send(
    contract: Deployed,
    name: string,
    args: unknown[],
    options: Partial<Fields> & { signer?: Signer } = {},
  ): Promise<Sent> {
    const data = fromHex(contract.abi.encodeFunctionData(name, args));
    const { signer = this.signers[0], ...fields } = options;
    return this.sendRaw({ to: contract.address, data, ...fields }, signer);
  }

  async sendRaw(fields: Partial<Fields>, signer: Signer): Promise<Sent> {
    const raw = signTransaction({ ...TRANSACTION, nonce: this.nonceOf(signer), ...fields }, signer);
    const { result, difference } = await this.comparer.execute(this.stateRoot, [raw]);
    if (difference !== null) throw new Error(difference);
    if (result.excluded.length > 0) throw new Error(result.excluded[0].message);
    this.stateRoot = result.stateRoot;
    this.headerRlp = result.headerRlp;
    this.nonces.set(signer.address, this.nonceOf(signer) + 1n);
    return decodeReceipt(result.receipts[0]);
  }

  /** Reads by a call. */
  async read(contract: Deployed, name: string, ...args: unknown[]): Promise<Result> {
    const data = fromHex(contract.abi.encodeFunctionData(name, args));
    const from = this.signers[0].address;
    const { returnData } = this.comparer.engine.call({
      header: decodeHeader(this.headerRlp!),
      from,
      to: contract.address,
      data,
    });
    const expected = await this.comparer.reference.call(this.stateRoot, from, contract.address, data);
    if (toHex(returnData) !== toHex(expected))
      throw new Error(`${name}: ${toHex(returnData)} here, ${toHex(expected)} there`);
    return contract.abi.decodeFunctionResult(name, returnData);
  }

  /** For an authorization's nonce; a transaction of type 4 to oneself raises it twice. */
  nonceOf({ address }: Signer): bigint {
    return this.nonces.get(address) ?? 0n;
  }

  raiseNonce(signer: Signer): void {
    this.nonces.set(signer.address, this.nonceOf(signer) + 1n);
  }
}

const TRANSACTION: Fields = {
  type: 2,
  chainId: CHAIN_ID,
  nonce: 0n,
  maxFee: 10n,
  maxTip: 1n,
  gasLimit: GAS,
  to: null,
  value: 0n,
  data: new Uint8Array(0),
  accessList: [],
  authorizations: [],
};

function decodeReceipt(receipt: Uint8Array): Sent {
  const [status, gas, , logs] = rlpList(decodeRlp(receipt.subarray(1)));
  const hex = (item: RlpItem) => toHex(rlpBytes(item));
  return {
    success: rlpBytes(status).length === 1,
    gasUsed: BigInt(hex(gas)),
    logs: rlpList(logs).map((log) => {
      const [address, topics, data] = rlpList(log);
      return { address: hex(address), topics: rlpList(topics).map(hex), data: hex(data) };
    }),
  };
}
