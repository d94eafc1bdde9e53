import { formatEther, Transaction, Wallet, type TransactionLike } from "ethers";
import type { Logger } from "pino";
import { fromHex } from "../../protocol";
import { quantity } from "../../protocol/quantity";
import type { Hex, L1Block } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { numberKey, tableRange } from "../store/keys";
import type { WriteBatch } from "../store/database";
import type { Store } from "../store/store";
import { Serial } from "../../protocol/serial";
import { signDynamicFee } from "../transactions";
import { withBlob } from "./blobTransaction";
import { bumped, marketFees, waitsForFee, type Fees } from "./fees";
import {
  BLOB_GAS,
  contentOf,
  contentOfVersion,
  costOf,
  isFinal,
  newEntry,
  type L1Request,
  type Outgoing,
  type Version,
} from "./outgoing";
import { refusalOf } from "./refusal";
import type { L1Rpc } from "./rpc";

export type { L1Request, Outgoing };

/** Osaka's cap on the gas of one transaction. */
export const MAX_TRANSACTION_GAS = 16_777_216n;
/** Nonces filled at one `poll` at most. */
const FILLED_AT_ONCE = 256;
/** Versions of one nonce at most that are refused as too cheap at once. */
const MOST_BIDS = 20;
/** Names a transaction that does nothing but use up a nonce. */
const FILLER = "nothing at nonce ";

export interface SenderOptions {
  /** A pending transaction is replaced by a dearer one after this many L1 blocks. */
  stuckBlocks: number;
  /** Never bid more than this, in wei per gas. */
  maxFeePerGas: bigint;
  /**
   * Other processes send the same with this key: the next nonce is the first that L1 has not used, also where its pool has a transaction
   * of theirs there. At most one of both is mined.
   */
  isShared?: boolean;
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
 * again after a crash, stuck ones are replaced by dearer ones up to the limit, and what a reorg dropped is sent anew.
 * What cannot be paid never holds up what can: it is not sent, and what L1 refuses for lack of funds gives its nonce to the next request.
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
  /** Hashes of versions that L1 may have: those that it took, and all of an earlier process. */
  private readonly taken = new Set<Hex>();
  /** First nonce of a gap that the last `poll` saw below what is pending. */
  private gapAt: number | null = null;
  /** Head of the last `poll`: what was mined up to there is looked at again only after a reorg. */
  private polled: Head | null = null;
  private chainId?: bigint;

  private constructor(
    private readonly rpc: L1Rpc,
    private readonly wallet: Wallet,
    private readonly store: Store,
    readonly options: SenderOptions,
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
    await sender.reload();
    return sender;
  }

  /** Begins with what the store has, as a new process does. */
  reload(): Promise<void> {
    return this.serial.run(async () => {
      for (const memory of [this.entries, this.strikes, this.handedIn, this.taken]) memory.clear();
      [this.gapAt, this.polled] = [null, null];
      for (const [, value] of await this.store.database.range(...tableRange("outgoing"))) {
        const entry = JSON.parse(value.toString()) as Outgoing;
        for (const version of entry.versions) {
          version.key ??= entry.key;
          this.taken.add(version.hash);
        }
        this.entries.set(entry.nonce, entry);
      }
    });
  }

  /** The newest transaction of this name: of those that L1 has or is to have, if there are any. */
  find(key: string): Outgoing | undefined {
    let best: Outgoing | undefined;
    for (const entry of this.entries.values())
      if (entry.key === key && (best === undefined || isBefore(best, entry))) best = entry;
    return best;
  }

  /** All that is not forgotten yet, oldest first. */
  all(): Outgoing[] {
    return [...this.entries.values()].sort((a, b) => a.nonce - b.nonce);
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

  /** The account's ether, in wei. */
  async balance(): Promise<bigint> {
    return BigInt(await this.rpc.send<string>("eth_getBalance", [this.address, "latest"]));
  }

  /** What the account can still spend, in wei: its ether, without the most that L1 may take for what is under way. */
  async spendable(): Promise<bigint> {
    const [balance, count] = await Promise.all([this.balance(), this.nonceAt("latest")]);
    return balance - this.reserved(count);
  }

  /** Wei per gas that a transaction sent now would bid. @throws SolventError `l1-fee-limit`, `l1-*`. */
  async bid(): Promise<bigint> {
    return (await this.market(await this.head(), false)).maxFee;
  }

  /**
   * Signs, writes to disk, sends. A failure to send is not thrown: `poll` repeats it.
   * @throws SolventError `l1-funds` where the account cannot pay for it, `l1-fee-limit` where L1 asks for more than the limit,
   * `l1-unavailable` or `l1-rpc` when nonce, fees or gas cannot be learnt (nothing is kept then).
   */
  async submit(request: L1Request): Promise<Outgoing> {
    const [sent] = await this.submitAll([request]);
    if (sent === undefined) throw new SolventError("l1-funds", this.problem ?? "not sent", { retry: true });
    return sent;
  }

  /**
   * `submit` for several, which L1 will run in this order. Costs little more than one.
   * @param at - The block that they were decided on.
   * @returns what is sent or was before: all of them, or those before the first that the account cannot pay for; `problem` then says
   * what is missing.
   * @throws SolventError `l1-moved` where that block is not L1's any more.
   */
  submitAll(requests: readonly L1Request[], at?: L1Block): Promise<Outgoing[]> {
    return this.serial.run(async () => {
      const alive = requests.map(({ key }) => this.find(key));
      if (alive.every(isAlive)) return alive as Outgoing[];
      const [head, count, pooled, balance] = await Promise.all([
        this.head(),
        this.nonceAt("latest"),
        this.nonceAt("pending"),
        this.balance(),
      ]);
      const market = await this.market(
        head,
        requests.some(({ blob }) => blob !== undefined),
      );
      const nonces = this.freeNonces(count, this.options.isShared === true ? count : pooled);
      let left = balance - this.reserved(count);
      const [sent, fresh]: [Outgoing[], Outgoing[]] = [[], []];
      const gasOf = (request: L1Request): bigint | Promise<bigint> => request.gasLimit ?? this.estimate(request);
      const gasLimits = await Promise.all(requests.map((request, i) => (isAlive(alive[i]) ? 0n : gasOf(request))));
      for (const [i, request] of requests.entries()) {
        if (isAlive(alive[i])) {
          sent.push(alive[i]!);
          continue;
        }
        const gasLimit = gasLimits[i];
        const nonce = nonces.next().value;
        const entry = this.entries.get(nonce) ?? newEntry(request, nonce, String(gasLimit));
        const fees = this.raised(entry, market);
        const blobCost = request.blob === undefined ? 0n : BLOB_GAS * (fees?.blobFee ?? 0n);
        const cost = (request.value ?? 0n) + gasLimit * (fees?.maxFee ?? 0n) + blobCost;
        if (fees === null || cost > left) {
          this.problem = fees === null ? this.isAtLimit(request.key) : shortage(request.key, this.address, cost, left);
          break;
        }
        left -= cost;
        Object.assign(entry, contentOf(request, String(gasLimit)), { status: "pending" });
        await this.addVersion(entry, fees, head.number);
        sent.push(entry);
        fresh.push(entry);
      }
      await this.save(fresh);
      if (at !== undefined) await this.requireBlock(at, fresh);
      await this.broadcastAll(fresh, head);
      return sent.filter(({ status }) => status !== "withdrawn");
    });
  }

  /** In order. Where one is refused for lack of funds, those behind it are not sent: they may need it. */
  private async broadcastAll(fresh: readonly Outgoing[], head: Head): Promise<void> {
    for (const [i, entry] of fresh.entries()) {
      await this.broadcast(entry, head);
      if (entry.status === "pending") continue;
      for (const behind of fresh.slice(i + 1)) await this.dropVersion(behind);
      return;
    }
  }

  /**
   * Nonces for new requests, ascending: those that were given free, then those behind all that is ours (also what counts as mined still: a
   * reorg may have freed its nonce a moment ago) and all that others with this key have in L1's pool.
   */
  private *freeNonces(count: number, pooled: number): Generator<number, never> {
    const entries = [...this.entries.values()].sort((a, b) => a.nonce - b.nonce);
    for (const { nonce, status } of entries) if (status === "withdrawn" && nonce >= count) yield nonce;
    for (let nonce = Math.max(count, pooled, ...entries.map((entry) => entry.nonce + 1)); ; nonce++) yield nonce;
  }

  /** Most that L1 may take for what is under way from this nonce on, in wei. */
  private reserved(count: number): bigint {
    return this.pending().reduce((sum, entry) => (entry.nonce < count ? sum : sum + costOf(entry)), 0n);
  }

  /**
   * Gives a pending transaction another content under the same nonce, at a higher price: at most one of the two is mined.
   * Without a pending one of that name this is `submit`.
   */
  async replace(key: string, request: L1Request): Promise<Outgoing> {
    const entry = this.find(key);
    if (entry === undefined || entry.status !== "pending") return this.submit(request);
    return this.serial.run(async () => {
      const { to, data, blob } = contentOf(request, "0");
      if (entry.status !== "pending" || (entry.data === data && entry.to === to && entry.blob === blob)) return entry;
      const head = await this.head();
      const fees = this.raised(entry, await this.market(head, blob !== undefined));
      if (fees === null) throw new SolventError("l1-fee-limit", this.isAtLimit(key), { retry: true });
      const gasLimit = String(request.gasLimit ?? (await this.estimate(request)));
      Object.assign(entry, contentOf(request, gasLimit));
      await this.sendVersion(entry, fees, head);
      return entry;
    });
  }

  /** Brings every transaction of ours up to date with L1. Never throws for L1 being down: it says so in `problem`. */
  poll(): Promise<void> {
    return this.serial.run(async () => {
      this.problem = null;
      const open = [...this.entries.values()].sort((a, b) => a.nonce - b.nonce);
      if (open.length === 0) return;
      try {
        const [head, count] = await Promise.all([this.head(), this.nonceAt("latest")]);
        const isReorged = await this.isReorged(head);
        if (isReorged) this.handedIn.clear();
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
   * L1 went back by more than is remembered (a snapshot was reverted), or what was refused for lack of funds stands before what was not:
   * nonces are free that nothing here would use, and L1 waits for them before it takes what comes behind. Transactions that do nothing
   * take those nonces; the owner sends anew what it still wants.
   * A gap has to be seen twice: an L1 node that lags shows one that is none.
   */
  private async fillGap(open: readonly Outgoing[], count: number, head: Head): Promise<void> {
    const first = open.find(({ nonce, status }) => nonce >= count && status !== "withdrawn")?.nonce;
    const isGap = first !== undefined && first > count;
    const isCertain = isGap && this.gapAt === count;
    this.gapAt = isGap ? count : null;
    if (!isCertain || head.baseFee > this.options.maxFeePerGas) return;
    // Another process with this key may have filled it already.
    const from = await this.nonceAt("pending");
    if (from >= first) return;
    this.log.warn({ from, to: first - 1 }, "filling nonces that nothing else will use");
    const market = await this.market(head, false);
    const fillers: Outgoing[] = [];
    for (let nonce = Math.max(from, count); nonce < Math.min(first, count + FILLED_AT_ONCE); nonce++) {
      const request = { key: FILLER + nonce, to: this.address, data: "0x" as Hex };
      const filler = this.entries.get(nonce) ?? newEntry(request, nonce, "21000");
      const fees = this.raised(filler, market);
      if (fees === null) break;
      Object.assign(filler, contentOf(request, "21000"), { status: "pending" });
      await this.addVersion(filler, fees, head.number);
      fillers.push(filler);
    }
    await this.save(fillers);
    await this.broadcastAll(fillers, head);
    this.gapAt = null;
  }

  /** Whether blocks that the last poll saw are gone; a first poll cannot know. */
  private async isReorged(head: Head): Promise<boolean> {
    const last = this.polled;
    if (last === null || head.number < last.number) return true;
    if (head.hash === last.hash || head.parentHash === last.hash) return false;
    return !(await this.isOnL1(last));
  }

  private async isOnL1({ number, hash }: Pick<L1Block, "number" | "hash">): Promise<boolean> {
    const now = await this.rpc.send<{ hash: Hex } | null>("eth_getBlockByNumber", [quantity(number), false]);
    return now?.hash === hash;
  }

  /** At the last moment: while fees were asked for and signatures made, L1 may have gone back. */
  private async requireBlock(block: L1Block, fresh: readonly Outgoing[]): Promise<void> {
    if (await this.isOnL1(block)) return;
    for (const entry of fresh) await this.dropVersion(entry);
    throw new SolventError("l1-moved", `L1 took back block ${block.number}, which was decided on`, { retry: true });
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
      if (version !== entry.versions.at(-1)) Object.assign(entry, contentOfVersion(version));
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

  /** Its nonce is free: send again what the node lacks, unless it lapses; replace what is stuck. */
  private async push(entry: Outgoing, head: Head): Promise<void> {
    const { number, baseFee } = head;
    if (entry.status === "withdrawn") return;
    if (entry.status !== "pending") {
      this.log.warn({ key: entry.key, nonce: entry.nonce }, "L1 reorg dropped a transaction");
      Object.assign(entry, { status: "pending", minedNumber: null, minedHash: null, gasUsed: null, sentAt: number });
      this.handedIn.delete(entry.nonce);
      await this.save([entry]);
    }
    if (baseFee > this.options.maxFeePerGas) {
      this.problem = `${entry.key} ${waitsForFee(baseFee, this.options.maxFeePerGas)}`;
      entry.sentAt = number;
      return;
    }
    // What L1 took a block ago is still there.
    if (number - (this.handedIn.get(entry.nonce) ?? -1e9) < Math.min(2, this.options.stuckBlocks)) return;
    const [last, ...earlier] = entry.versions.toReversed();
    if (await this.isKnown(last)) {
      if (number - entry.sentAt >= this.options.stuckBlocks) await this.bump(entry, head);
      return;
    }
    if (entry.lapses !== true || (await Promise.all(earlier.map((version) => this.isKnown(version)))).includes(true))
      return this.broadcast(entry, head);
    this.log.warn(
      { key: entry.key, nonce: entry.nonce },
      "L1 has lost a transaction that is sent again only when asked",
    );
    entry.status = "withdrawn";
    await this.save([entry]);
  }

  /** Whether L1 has it, mined or not. */
  private async isKnown({ hash }: Version): Promise<boolean> {
    return (await this.rpc.send<object | null>("eth_getTransactionByHash", [hash])) !== null;
  }

  private async bump(entry: Outgoing, head: Head): Promise<void> {
    const fees = this.raised(entry, await this.market(head, entry.blob !== undefined));
    if (fees === null) {
      this.problem = this.isAtLimit(entry.key);
      entry.sentAt = head.number;
      return;
    }
    this.log.warn(
      { key: entry.key, nonce: entry.nonce, maxFee: String(fees.maxFee) },
      "L1 transaction stuck: bidding more",
    );
    await this.sendVersion(entry, fees, head);
  }

  private market({ baseFee }: Head, hasBlob: boolean): Promise<Fees> {
    return marketFees(this.rpc, baseFee, this.options.maxFeePerGas, hasBlob);
  }

  private isAtLimit(key: string): string {
    return `${key} is stuck and the fee limit of ${this.options.maxFeePerGas} wei per gas is reached`;
  }

  /** The market's bid, or the least above the last version's; null where that is above the limit. */
  private raised(entry: Outgoing, market: Fees): Fees | null {
    const last = entry.versions.at(-1);
    if (last === undefined) return market;
    const blobFee = last.blobFee === undefined ? {} : { blobFee: BigInt(last.blobFee) };
    const bid = { maxFee: BigInt(last.maxFee), tip: BigInt(last.tip), ...blobFee };
    return bumped(bid, market, this.options.maxFeePerGas);
  }

  private async sendVersion(entry: Outgoing, fees: Fees, head: Head): Promise<void> {
    await this.addVersion(entry, fees, head.number);
    await this.save([entry]);
    await this.broadcast(entry, head);
  }

  private async addVersion(entry: Outgoing, fees: Fees, head: number): Promise<void> {
    this.chainId ??= BigInt(await this.rpc.send<string>("eth_chainId", []));
    const fields = {
      chainId: this.chainId,
      nonce: BigInt(entry.nonce),
      to: entry.to,
      value: BigInt(entry.value),
      gasLimit: BigInt(entry.gasLimit),
      maxFeePerGas: fees.maxFee,
      maxPriorityFeePerGas: fees.tip,
    };
    const blobFee = entry.blob === undefined ? undefined : fees.blobFee;
    const { raw, hash } =
      blobFee === undefined
        ? signDynamicFee({ ...fields, data: fromHex(entry.data) }, this.wallet.signingKey)
        : await this.signBlob({ ...fields, nonce: entry.nonce, data: entry.data }, entry.blob!, blobFee);
    const bid = { maxFee: String(fees.maxFee), tip: String(fees.tip) };
    entry.versions.push({
      key: entry.key,
      raw,
      hash,
      ...bid,
      ...(blobFee !== undefined && { blobFee: String(blobFee) }),
    });
    entry.sentAt = head;
    this.entries.set(entry.nonce, entry);
  }

  private async signBlob(fields: TransactionLike, blob: Hex, fee: bigint): Promise<{ raw: Hex; hash: Hex }> {
    const raw = (await this.wallet.signTransaction(await withBlob(fields, blob, fee))) as Hex;
    return { raw, hash: Transaction.from(raw).hash as Hex };
  }

  /** Hands the last version to L1. */
  private async broadcast(entry: Outgoing, head: Head): Promise<void> {
    const { raw, hash } = entry.versions.at(-1)!;
    try {
      await this.rpc.send("eth_sendRawTransaction", [raw]);
      this.taken.add(hash);
      this.handedIn.set(entry.nonce, head.number);
    } catch (error) {
      if (!(error instanceof SolventError)) throw error;
      const isRefused = error.code === "l1-rpc";
      const refusal = isRefused ? refusalOf(error.message) : "other";
      // Who does not answer may have it all the same.
      if (!isRefused || refusal === "known") this.taken.add(hash);
      if (refusal === "known") return;
      this.log.warn({ key: entry.key, nonce: entry.nonce, error: error.message }, "L1 did not take a transaction");
      if (refusal === "funds") return this.withdraw(entry);
      // Another process with this key was first: the owner asks again, for another nonce.
      if (refusal === "outbid" && entry.versions.length === 1 && !this.taken.has(hash)) return this.dropVersion(entry);
      if (refusal === "nonce" || refusal === "revert") return;
      this.problem = error.message;
      // Versions that are too cheap are unknown to the node, so `push` would send them for ever: bid more at once.
      const isCheap = refusal === "fee" || refusal === "outbid";
      if (isCheap && entry.versions.length < MOST_BIDS) await this.bump(entry, await this.head());
    }
  }

  /** L1 does not take the last version for lack of funds: its nonce is free where L1 has no other version either. */
  private async withdraw(entry: Outgoing): Promise<void> {
    const count = await this.nonceAt("latest");
    const isOther = (other: Outgoing): boolean => other !== entry && other.nonce >= count;
    const others = this.pending().filter(isOther);
    const left = (await this.balance()) - others.reduce((sum, other) => sum + costOf(other), 0n);
    this.problem = shortage(entry.key, this.address, costOf(entry), left);
    await this.dropVersion(entry);
  }

  /** Forgets the last version, unless L1 may have it; an entry that L1 has no version of gives its nonce free. */
  private async dropVersion(entry: Outgoing): Promise<void> {
    if (!this.taken.has(entry.versions.at(-1)!.hash)) {
      entry.versions.pop();
      if (entry.versions.length === 0) {
        entry.status = "withdrawn";
        return this.forget(entry);
      }
      Object.assign(entry, contentOfVersion(entry.versions.at(-1)!));
    }
    if (!(await this.isKnown(entry.versions.at(-1)!))) entry.status = "withdrawn";
    await this.save([entry]);
  }

  private async estimate({ to, data, value }: L1Request): Promise<bigint> {
    const call = { from: this.address, to, data, value: quantity(value ?? 0n) };
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
    for (const { hash } of entry.versions) this.taken.delete(hash);
    await this.store.write((batch) => batch.del(numberKey("outgoing", entry.nonce)));
  }
}

/** Whether L1 has it, or is to have it. */
function isAlive(entry?: Outgoing): boolean {
  return entry?.status === "pending" || entry?.status === "mined";
}

/** Of two of a name: what is alive is the later one, else what was sent later. */
function isBefore(one: Outgoing, other: Outgoing): boolean {
  if (isAlive(one) !== isAlive(other)) return isAlive(other);
  return one.sentAt === other.sentAt ? one.nonce < other.nonce : one.sentAt < other.sentAt;
}

/** What is missing for a transaction, in words. */
function shortage(key: string, address: Hex, cost: bigint, left: bigint): string {
  const missing = formatEther(cost - left);
  return `${key} waits for ${missing} ether: it may cost ${formatEther(cost)} ether, and ${address} can spend ${formatEther(left)}`;
}
