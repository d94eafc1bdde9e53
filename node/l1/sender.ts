import { Transaction, Wallet, type TransactionLike } from "ethers";
import type { Logger } from "pino";
import type { Hex } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { numberKey, tableRange } from "../store/keys";
import type { WriteBatch } from "../store/database";
import type { Store } from "../store/store";
import { Serial } from "../../protocol/serial";
import { bumped, feesAt, marketTip, type Fees } from "./fees";
import type { L1Rpc } from "./rpc";

/** Osaka's cap on the gas of one transaction. */
export const MAX_TRANSACTION_GAS = 16_777_216n;
/** Mined transactions are watched for reorgs until they are this deep. */
const FINAL_DEPTH = 64;
/** Nonces filled at one `poll` at most. */
const FILLED_AT_ONCE = 256;
/** Names a transaction that does nothing but use up a nonce. */
const FILLER = "nothing at nonce ";

export interface L1Request {
  /** Names the purpose (`batch 7`); a second request of the same name while the first is alive changes nothing. */
  key: string;
  to: Hex;
  data: Hex;
  value?: bigint;
  /** Estimated with a margin where absent. */
  gasLimit?: bigint;
}

interface Version {
  raw: Hex;
  hash: Hex;
  maxFee: string;
  tip: string;
}

/**
 * `pending`: sent, not mined. `mined` / `reverted`: in a block. `displaced`: its nonce was used by a transaction that is not
 * ours (the key is used elsewhere), so it can never be mined.
 */
export type OutgoingStatus = "pending" | "mined" | "reverted" | "displaced";

/** One nonce of ours with every version that was ever sent. */
export interface Outgoing {
  key: string;
  nonce: number;
  to: Hex;
  data: Hex;
  value: string;
  gasLimit: string;
  versions: Version[];
  status: OutgoingStatus;
  minedNumber: number | null;
  minedHash: Hex | null;
  gasUsed: string | null;
  /** L1 head when the last version was sent. */
  sentAt: number;
}

export interface SenderOptions {
  /** A pending transaction is replaced by a dearer one after this many L1 blocks. */
  stuckBlocks: number;
  /** Never bid more than this, in wei per gas. */
  maxFeePerGas: bigint;
}

interface Head {
  number: number;
  hash: Hex;
  parentHash: Hex;
  baseFee: bigint;
}

interface RpcHead {
  number: string;
  hash: Hex;
  parentHash: Hex;
  baseFeePerGas?: string;
}

interface Receipt {
  status: string;
  blockNumber: string;
  transactionHash: Hex;
  gasUsed: string;
}

/**
 * Sends transactions of one key to L1 and keeps at it: every version is on disk before it is sent, the same bytes are sent
 * again after a crash, stuck ones are replaced by dearer ones, and what a reorg dropped is sent anew.
 * The owner calls `poll` at every new L1 head.
 */
export class L1Sender {
  readonly address: Hex;
  /** Why nothing gets through at the moment, for the health page; null when all is well. */
  problem: string | null = null;
  private readonly entries = new Map<number, Outgoing>();
  private readonly serial = new Serial();
  private readonly strikes = new Map<number, number>();
  /** Nonces whose last version this process handed to L1, with the head at that time. */
  private readonly handedIn = new Map<number, number>();
  /** First nonce of a gap that the last `poll` saw below what is pending. */
  private gapAt: number | null = null;
  /** Head of the last `poll`: what was mined up to there is looked at again only after a reorg. */
  private polled: Head | null = null;
  private chainId?: bigint;

  private constructor(
    private readonly rpc: L1Rpc,
    private readonly wallet: Wallet,
    private readonly store: Store,
    private readonly options: SenderOptions,
    private readonly log: Logger,
  ) {
    this.address = wallet.address.toLowerCase() as Hex;
  }

  static async create(
    rpc: L1Rpc,
    privateKey: string,
    store: Store,
    options: SenderOptions,
    log: Logger,
  ): Promise<L1Sender> {
    const sender = new L1Sender(rpc, new Wallet(privateKey), store, options, log);
    for (const [, value] of await store.database.range(...tableRange("outgoing"))) {
      const entry = JSON.parse(value.toString()) as Outgoing;
      sender.entries.set(entry.nonce, entry);
    }
    return sender;
  }

  /** The newest transaction of this name. */
  find(key: string): Outgoing | undefined {
    return [...this.entries.values()].filter((entry) => entry.key === key).at(-1);
  }

  pending(): Outgoing[] {
    return [...this.entries.values()].filter((entry) => entry.status === "pending");
  }

  /** Wei sent along with what is not mined yet, or mined above that block. */
  valueUnderWay(number: number): bigint {
    const later = ({ status, minedNumber }: Outgoing): boolean => status === "mined" && minedNumber! > number;
    const open = [...this.entries.values()].filter((entry) => entry.status === "pending" || later(entry));
    return open.reduce((sum, { value }) => sum + BigInt(value), 0n);
  }

  /**
   * Signs, writes to disk, sends. A failure to send is not thrown: `poll` repeats it.
   * @throws SolventError `l1-unavailable` or `l1-rpc` when nonce, fees or gas cannot be learnt (nothing is kept then).
   */
  async submit(request: L1Request): Promise<Outgoing> {
    return (await this.submitAll([request]))[0];
  }

  /** `submit` for several, which L1 will run in this order. Costs little more than one. */
  submitAll(requests: readonly L1Request[]): Promise<Outgoing[]> {
    return this.serial.run(async () => {
      const alive = requests.map(({ key }) => this.find(key));
      const isAlive = (entry?: Outgoing): boolean => entry?.status === "pending" || entry?.status === "mined";
      if (alive.every(isAlive)) return alive as Outgoing[];
      const [head, count, tip] = await Promise.all([this.head(), this.nonceAt("latest"), marketTip(this.rpc)]);
      // Also behind what counts as mined still: a reorg may have freed its nonce a moment ago.
      let nonce = Math.max(count, ...[...this.entries.keys()].map((used) => used + 1));
      const fees = feesAt(head.baseFee, tip);
      const fresh: Outgoing[] = [];
      for (const [i, request] of requests.entries()) {
        if (isAlive(alive[i])) continue;
        const gasLimit = String(request.gasLimit ?? (await this.estimate(request)));
        const entry = newEntry(request, nonce++, gasLimit);
        await this.addVersion(entry, fees, head.number);
        alive[i] = entry;
        fresh.push(entry);
      }
      await this.save(fresh);
      for (const entry of fresh) await this.broadcast(entry, head.number);
      return alive as Outgoing[];
    });
  }

  /**
   * Gives a pending transaction another content under the same nonce, at a higher price: at most one of the two is mined.
   * Without a pending one of that name this is `submit`.
   */
  async replace(key: string, request: L1Request): Promise<Outgoing> {
    const entry = this.find(key);
    if (entry === undefined || entry.status !== "pending") return this.submit(request);
    return this.serial.run(async () => {
      if (entry.status !== "pending" || (entry.data === request.data && entry.to === request.to)) return entry;
      const [head, tip] = await Promise.all([this.head(), marketTip(this.rpc)]);
      const gasLimit = String(request.gasLimit ?? (await this.estimate(request)));
      Object.assign(entry, { key: request.key, to: request.to, data: request.data, gasLimit });
      entry.value = String(request.value ?? 0n);
      await this.sendVersion(entry, this.raised(entry, feesAt(head.baseFee, tip)), head.number);
      return entry;
    });
  }

  /** Brings every transaction of ours up to date with L1. Never throws for L1 being down: it says so in `problem`. */
  poll(): Promise<void> {
    return this.serial.run(async () => {
      const open = [...this.entries.values()].sort((a, b) => a.nonce - b.nonce);
      if (open.length === 0) return;
      try {
        const [head, count] = await Promise.all([this.head(), this.nonceAt("latest")]);
        const isReorged = await this.isReorged(head);
        if (isReorged) this.handedIn.clear();
        this.problem = null;
        await this.fillGap(open, count, head);
        for (const entry of open) {
          if (entry.nonce >= count) await this.push(entry, head);
          else if (isReorged || !this.isSettled(entry)) await this.settle(entry, head.number);
          else if (isFinal(entry, head.number)) await this.forget(entry);
        }
        this.polled = head;
      } catch (error) {
        if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
        this.problem = error.message;
      }
    });
  }

  /**
   * L1 went back by more than is remembered (a snapshot was reverted): nonces are free again that nothing here would use, and L1 waits for
   * them before it takes what comes behind. Transactions that do nothing take those nonces; the owner sends anew what it still wants.
   * A gap has to be seen twice: an L1 node that lags shows one that is none.
   */
  private async fillGap(open: readonly Outgoing[], count: number, head: Head): Promise<void> {
    const first = open.find(({ nonce }) => nonce >= count)?.nonce;
    const isGap = first !== undefined && first > count;
    const isCertain = isGap && this.gapAt === count;
    this.gapAt = isGap ? count : null;
    if (!isCertain) return;
    this.log.warn({ from: count, to: first - 1 }, "L1 went back: filling nonces that nothing else will use");
    const fees = feesAt(head.baseFee, await marketTip(this.rpc));
    const fillers: Outgoing[] = [];
    for (let nonce = count; nonce < Math.min(first, count + FILLED_AT_ONCE); nonce++) {
      const filler = newEntry({ key: FILLER + nonce, to: this.address, data: "0x" }, nonce, "21000");
      await this.addVersion(filler, fees, head.number);
      fillers.push(filler);
    }
    await this.save(fillers);
    for (const filler of fillers) await this.broadcast(filler, head.number);
    this.gapAt = null;
  }

  /** Whether blocks that the last poll saw are gone; a first poll cannot know. */
  private async isReorged(head: Head): Promise<boolean> {
    const last = this.polled;
    if (last === null || head.number < last.number) return true;
    if (head.hash === last.hash || head.parentHash === last.hash) return false;
    const now = await this.rpc.send<{ hash: Hex } | null>("eth_getBlockByNumber", [hex(last.number), false]);
    return now?.hash !== last.hash;
  }

  /** Whether its fate stands in a block that the last poll saw. */
  private isSettled({ status, minedNumber }: Outgoing): boolean {
    return status !== "pending" && minedNumber !== null && minedNumber <= (this.polled?.number ?? -1);
  }

  /** Its nonce is used: find out by which version. */
  private async settle(entry: Outgoing, head: number): Promise<void> {
    if (isFinal(entry, head)) return this.forget(entry);
    for (const version of entry.versions.toReversed()) {
      const receipt = await this.rpc.send<Receipt | null>("eth_getTransactionReceipt", [version.hash]);
      if (receipt === null) continue;
      const status = BigInt(receipt.status) === 1n ? "mined" : "reverted";
      const minedNumber = Number(receipt.blockNumber);
      if (entry.status === status && entry.minedNumber === minedNumber) return;
      Object.assign(entry, { status, minedNumber, minedHash: version.hash, gasUsed: String(BigInt(receipt.gasUsed)) });
      this.strikes.delete(entry.nonce);
      this.log[status === "mined" ? "info" : "warn"](
        { key: entry.key, hash: version.hash, minedNumber },
        `L1 ${status}`,
      );
      return this.save([entry]);
    }
    // Receipts may lag behind the count by a moment: only the third miss in a row counts.
    const strikes = (this.strikes.get(entry.nonce) ?? 0) + 1;
    this.strikes.set(entry.nonce, strikes);
    if (strikes < 3 || entry.status === "displaced") return;
    if (entry.key.startsWith(FILLER)) return this.forget(entry);
    this.log.error({ key: entry.key, nonce: entry.nonce }, "a foreign transaction used our nonce; is the key shared?");
    Object.assign(entry, { status: "displaced", minedNumber: head });
    await this.save([entry]);
  }

  /** Its nonce is free: send again what the node lacks, replace what is stuck. */
  private async push(entry: Outgoing, head: Head): Promise<void> {
    const { number } = head;
    if (entry.status !== "pending") {
      this.log.warn({ key: entry.key, nonce: entry.nonce }, "L1 reorg dropped a transaction; sending it again");
      Object.assign(entry, { status: "pending", minedNumber: null, minedHash: null, gasUsed: null, sentAt: number });
      this.handedIn.delete(entry.nonce);
      await this.save([entry]);
    }
    // What L1 took a block ago is still there.
    if (number - (this.handedIn.get(entry.nonce) ?? -1e9) < Math.min(2, this.options.stuckBlocks)) return;
    const { hash } = entry.versions.at(-1)!;
    const known = await this.rpc.send<object | null>("eth_getTransactionByHash", [hash]);
    if (known === null) await this.broadcast(entry, number);
    else if (number - entry.sentAt >= this.options.stuckBlocks) await this.bump(entry, head);
  }

  private async bump(entry: Outgoing, { number: head, baseFee }: Head): Promise<void> {
    const fees = this.raised(entry, feesAt(baseFee, await marketTip(this.rpc)));
    if (fees.maxFee > this.options.maxFeePerGas) {
      this.problem = `${entry.key} is stuck and the fee limit of ${this.options.maxFeePerGas} wei is reached`;
      entry.sentAt = head;
      return;
    }
    this.log.warn(
      { key: entry.key, nonce: entry.nonce, maxFee: String(fees.maxFee) },
      "L1 transaction stuck: bidding more",
    );
    await this.sendVersion(entry, fees, head);
  }

  private raised(entry: Outgoing, market: Fees): Fees {
    const last = entry.versions.at(-1);
    return last === undefined ? market : bumped({ maxFee: BigInt(last.maxFee), tip: BigInt(last.tip) }, market);
  }

  private async sendVersion(entry: Outgoing, fees: Fees, head: number): Promise<void> {
    await this.addVersion(entry, fees, head);
    await this.save([entry]);
    await this.broadcast(entry, head);
  }

  private async addVersion(entry: Outgoing, fees: Fees, head: number): Promise<void> {
    this.chainId ??= BigInt(await this.rpc.send<string>("eth_chainId", []));
    const fields: TransactionLike = {
      type: 2,
      chainId: this.chainId,
      nonce: entry.nonce,
      to: entry.to,
      data: entry.data,
      value: BigInt(entry.value),
      gasLimit: BigInt(entry.gasLimit),
      maxFeePerGas: fees.maxFee,
      maxPriorityFeePerGas: fees.tip,
    };
    const raw = (await this.wallet.signTransaction(fields)) as Hex;
    const hash = Transaction.from(raw).hash as Hex;
    entry.versions.push({ raw, hash, maxFee: String(fees.maxFee), tip: String(fees.tip) });
    entry.sentAt = head;
    this.entries.set(entry.nonce, entry);
  }

  /** Hands the last version to L1. */
  private async broadcast(entry: Outgoing, head: number): Promise<void> {
    try {
      await this.rpc.send("eth_sendRawTransaction", [entry.versions.at(-1)!.raw]);
      this.handedIn.set(entry.nonce, head);
    } catch (error) {
      if (!(error instanceof SolventError)) throw error;
      if (/known|already imported/i.test(error.message)) return;
      if (/underpriced|fee too low|less than block base fee|max fee/i.test(error.message)) entry.sentAt = -1e9;
      if (!/nonce too low|revert/i.test(error.message)) this.problem = error.message;
      this.log.warn({ key: entry.key, nonce: entry.nonce, error: error.message }, "L1 did not take a transaction");
      // Underpriced versions are unknown to the node, so `push` would send them forever: bid more at once.
      if (entry.sentAt < 0 && entry.versions.length < 20) await this.bump(entry, await this.head());
    }
  }

  private async estimate({ to, data, value }: L1Request): Promise<bigint> {
    const call = { from: this.address, to, data, value: "0x" + (value ?? 0n).toString(16) };
    const gas = BigInt(await this.rpc.send<string>("eth_estimateGas", [call]));
    const padded = (gas * 13n) / 10n + 20_000n;
    return padded < MAX_TRANSACTION_GAS ? padded : MAX_TRANSACTION_GAS;
  }

  private async head(): Promise<Head> {
    const block = await this.rpc.send<RpcHead>("eth_getBlockByNumber", ["latest", false]);
    const { number, hash, parentHash, baseFeePerGas } = block;
    return { number: Number(number), hash, parentHash, baseFee: BigInt(baseFeePerGas ?? "0x0") };
  }

  private async nonceAt(tag: string): Promise<number> {
    return Number(await this.rpc.send<string>("eth_getTransactionCount", [this.address, tag]));
  }

  private save(entries: readonly Outgoing[]): Promise<void> {
    const fill = (batch: WriteBatch): void => {
      for (const entry of entries) batch.put(numberKey("outgoing", entry.nonce), Buffer.from(JSON.stringify(entry)));
    };
    return this.store.write(fill, { sync: true });
  }

  private async forget(entry: Outgoing): Promise<void> {
    this.entries.delete(entry.nonce);
    this.strikes.delete(entry.nonce);
    this.handedIn.delete(entry.nonce);
    await this.store.write((batch) => batch.del(numberKey("outgoing", entry.nonce)));
  }
}

function newEntry(request: L1Request, nonce: number, gasLimit: string): Outgoing {
  const { key, to, data, value } = request;
  const unmined = { minedNumber: null, minedHash: null, gasUsed: null };
  const content = { key, nonce, to, data, value: String(value ?? 0n), gasLimit };
  return { ...content, versions: [], status: "pending", ...unmined, sentAt: 0 };
}

function isFinal({ status, minedNumber }: Outgoing, head: number): boolean {
  return status !== "pending" && minedNumber !== null && head - minedNumber >= FINAL_DEPTH;
}

function hex(number: number): string {
  return "0x" + number.toString(16);
}
