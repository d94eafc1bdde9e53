import { setTimeout as setTimeoutAsync } from "node:timers/promises";
import { Transaction, Wallet } from "ethers";
import { devAccount } from "../../../devnet/accounts";
import type { Hex } from "../../../protocol/types";
import type { Cluster } from "./cluster";

interface Block {
  number: Hex;
  hash: Hex;
  parentHash: Hex;
}
interface Receipt {
  blockNumber: Hex;
  blockHash: Hex;
  transactionHash: Hex;
}

const POLL_MS = 40;
/** What has no receipt by then is sent again. */
const RESEND_MS = 300;

/** A client that believes nothing: it looks at every block that any process shows, and holds on to every receipt. */
export class PromiseClient {
  /** Every hash that was shown for a height, by any process at any time. */
  readonly blocks = new Map<number, Set<Hex>>();
  readonly receipts: Receipt[] = [];
  /** What contradicts a promise, in words. */
  readonly broken: string[] = [];
  /** When each transaction was handed in first, and when its receipt came, in milliseconds. */
  readonly sent: { at: number; had: number }[] = [];
  private readonly wallet: Wallet;
  private readonly heights = new Map<string, number>();
  private isStopped = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    account: number,
    private readonly random: () => number,
  ) {
    this.wallet = new Wallet(devAccount(account).privateKey);
  }

  start(): void {
    const watching = this.cluster.names.map((id) => this.watch(id));
    this.running = Promise.all([...watching, this.transact(), this.lookBack()]);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  get head(): number {
    return Math.max(0, ...this.blocks.keys());
  }

  /** Checks what was promised against one process. @returns how many promises that were. */
  async check(id: string): Promise<number> {
    for (const [number, hashes] of this.blocks) {
      const block = await this.cluster.ask<Block>(id, "eth_getBlockByNumber", `0x${number.toString(16)}`, false);
      if (hashes.size !== 1 || !hashes.has(block?.hash))
        this.note(id, `block ${number}`, [...hashes].join(), block?.hash);
    }
    for (const receipt of this.receipts) await this.compare(id, receipt);
    return this.blocks.size + this.receipts.length;
  }

  private async watch(id: string): Promise<void> {
    for (; !this.isStopped; await setTimeoutAsync(POLL_MS)) await this.look(id).catch(() => undefined);
  }

  private async look(id: string): Promise<void> {
    const latest = await this.cluster.ask<Block>(id, "eth_getBlockByNumber", "latest", false);
    const head = Number(latest.number);
    for (let number = (this.heights.get(id) ?? head - 1) + 1; number < head; number++)
      this.see(id, await this.cluster.ask<Block>(id, "eth_getBlockByNumber", `0x${number.toString(16)}`, false));
    this.see(id, latest);
    // One that was away begins behind the others, and shows what it knows then.
    this.heights.set(id, head);
  }

  private see(id: string, block: Block | null): void {
    if (block === null) return;
    const number = Number(block.number);
    const known = this.blocks.get(number);
    if (known === undefined) this.blocks.set(number, new Set([block.hash]));
    else if (!known.has(block.hash)) {
      this.note(id, `block ${number}`, [...known].join(), block.hash);
      known.add(block.hash);
    }
  }

  private async transact(): Promise<void> {
    const chainId = Number(await this.first(() => this.somebody(), "eth_chainId"));
    for (let nonce = 0; !this.isStopped; nonce++) {
      const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n };
      const call = { to: `0x${"77".repeat(20)}`, value: 1n, gasLimit: 30_000n };
      const raw = await this.wallet.signTransaction({ type: 2, chainId, nonce, ...call, ...fees });
      await this.deliver(raw as Hex);
    }
  }

  /** Sends it, to whoever it may be, until somebody shows a receipt. */
  private async deliver(raw: Hex): Promise<void> {
    const at = performance.now();
    const { hash } = Transaction.from(raw);
    let lastSent = 0;
    while (!this.isStopped) {
      if (performance.now() - lastSent > RESEND_MS) {
        lastSent = performance.now();
        for (const id of this.cluster.names)
          if (this.random() < 0.7) void this.cluster.ask(id, "eth_sendRawTransaction", raw).catch(() => undefined);
      }
      const receipt = await this.anyReceipt(hash as Hex);
      if (receipt !== null) {
        this.receipts.push(receipt);
        this.sent.push({ at, had: performance.now() });
        return;
      }
      await setTimeoutAsync(POLL_MS / 2);
    }
  }

  /** The first that anybody shows. Who does not answer is not waited for. */
  private async anyReceipt(hash: Hex): Promise<Receipt | null> {
    const answers = this.cluster.names.map(async (id) => {
      const receipt = await this.cluster.ask<Receipt | null>(id, "eth_getTransactionReceipt", hash);
      if (receipt === null) throw new Error("none yet");
      return receipt;
    });
    return Promise.race([Promise.any(answers).catch(() => null), setTimeoutAsync(POLL_MS * 2).then(() => null)]);
  }

  /** Looks again at receipts of before, with whoever answers. */
  private async lookBack(): Promise<void> {
    for (; !this.isStopped; await setTimeoutAsync(POLL_MS)) {
      if (this.receipts.length === 0) continue;
      const receipt = this.receipts[Math.floor(this.random() * this.receipts.length)];
      await this.compare(this.somebody(), receipt).catch(() => undefined);
    }
  }

  private async compare(id: string, receipt: Receipt): Promise<void> {
    const { transactionHash: hash, blockHash } = receipt;
    const ask = () => this.cluster.ask<Receipt | null>(id, "eth_getTransactionReceipt", hash);
    // A process that lags has fewer blocks, never others; what comes between two questions is there at the third.
    const isMissing = async (): Promise<boolean> => !(await this.lags(id, Number(receipt.blockNumber)));
    let now = await ask();
    if (now === null && (await isMissing())) {
      now = await ask();
      if (now === null && (await isMissing())) this.note(id, hash, blockHash, "nothing");
    }
    if (now !== null && now.blockHash !== blockHash) this.note(id, hash, blockHash, now.blockHash);
  }

  private async lags(id: string, number: number): Promise<boolean> {
    return Number(await this.cluster.ask<Hex>(id, "eth_blockNumber")) < number;
  }

  private note(id: string, what: string, promised: string, shown: string | undefined): void {
    this.broken.push(`${id} shows ${shown ?? "nothing"} for ${what}, promised was ${promised}`);
  }

  private somebody(): string {
    const { names } = this.cluster;
    return names[Math.floor(this.random() * names.length)];
  }

  private async first(id: () => string, method: string): Promise<Hex> {
    for (;;) {
      const answer = await this.cluster.ask<Hex>(id(), method).catch(() => null);
      if (answer !== null) return answer;
      await setTimeoutAsync(POLL_MS);
    }
  }
}
