import { Transaction, Wallet } from "ethers";
import { devAccount } from "../../../devnet/accounts";
import type { Devnet } from "../../../devnet/devnet";

const FEES = { gasLimit: 21_000n, maxFeePerGas: 3_000_000_000n, maxPriorityFeePerGas: 1_000_000n, type: 2 };

/** Transfers of one account sent one after another to the sequencer, whatever becomes of it; and every block that it shows. */
export class Load {
  /** Hashes of what the sequencer took. */
  readonly accepted: string[] = [];
  /** Hashes that were shown for a block's number: more than one is an equivocation. */
  readonly shown = new Map<number, Set<string>>();
  private isStopped = false;
  private running: Promise<void> | null = null;

  constructor(
    private readonly devnet: Devnet,
    private readonly account: number,
    private readonly pauseMs = 150,
    private readonly call: { to: string; value?: bigint; data?: string; gasLimit?: bigint } = {
      to: devAccount(7).address,
      value: 1n,
    },
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    const wallet = new Wallet(devAccount(this.account).privateKey);
    const { chainId } = this.devnet.info.l2;
    for (let nonce = 0; !this.isStopped;) {
      const raw = await wallet.signTransaction({ nonce, chainId, ...FEES, ...this.call });
      const sent = await this.ask<string>("eth_sendRawTransaction", [raw]);
      if (sent !== null) {
        this.accepted.push(sent);
        nonce++;
      }
      const head = await this.ask<{ number: string; hash: string }>("eth_getBlockByNumber", ["latest", false]);
      if (head !== null) {
        const number = Number(head.number);
        this.shown.set(number, (this.shown.get(number) ?? new Set()).add(head.hash));
      }
      await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    }
  }

  /** Null where the sequencer is down; what it took already counts as taken. */
  private async ask<T>(method: string, params: unknown[]): Promise<T | null> {
    try {
      const response = await fetch(this.devnet.info.l2.sequencer!, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        signal: AbortSignal.timeout(3_000),
      });
      const { result, error } = (await response.json()) as { result?: T; error?: { message: string } };
      if (result !== undefined) return result;
      // The answer to an earlier try was lost.
      if (method === "eth_sendRawTransaction" && /already known|nonce too low/i.test(error!.message))
        return Transaction.from(params[0] as string).hash as T;
      return null;
    } catch {
      return null;
    }
  }
}
