import { setTimeout as setTimeoutAsync } from "node:timers/promises";
import { L1Rpc } from "../../node/l1/rpc";
import { RpcError } from "../../node/rpc";
import { keccak256, toHex } from "../../protocol";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";

/** So long a transaction waits for somebody who leads. */
const WAIT_MS = 8_000;
const RETRY_MS = 100;
/** A leader that takes longer may be one no more. */
const REQUEST_MS = 2_000;

/** Hands the transactions that a follower is given to whoever leads. */
export class Forwarder {
  /**
   * @param leaderUrl - of the leader; null while it is not known, undefined where this process leads.
   * @param isInBlock - whether a transaction stands on this node's chain.
   */
  constructor(
    private readonly leaderUrl: () => string | null | undefined,
    private readonly isInBlock: (hash: Hex) => boolean,
  ) {}

  /**
   * @returns its hash, or null where this process leads meanwhile and has to take it itself.
   * @throws RpcError in the leader's words, SolventError `sequencer-unavailable` where nobody led for a while.
   */
  async submit(raw: Uint8Array): Promise<Hex | null> {
    const hash = toHex(keccak256(raw));
    // Whether an answer was lost: the transaction may have been taken all the same.
    let isLost = false;
    for (const end = Date.now() + WAIT_MS; Date.now() < end; await setTimeoutAsync(RETRY_MS)) {
      const url = this.leaderUrl();
      if (url === undefined) return null;
      if (url === null) continue;
      const error = await this.refusal(url, raw);
      if (error === undefined) isLost = true;
      else if (error === null || (isLost && (error.message === "already known" || this.isInBlock(hash)))) return hash;
      else throw error;
    }
    throw new SolventError("sequencer-unavailable", "no sequencer leads at the moment: send it again", { retry: true });
  }

  /** @returns null where it was taken, undefined where there was no answer, or another leads before there is one. */
  private async refusal(url: string, raw: Uint8Array): Promise<RpcError | null | undefined> {
    const isOver = new AbortController();
    const answer = this.ask(url, raw).finally(() => isOver.abort());
    return Promise.race([answer, this.untilAnotherLeads(url, isOver.signal)]);
  }

  private async untilAnotherLeads(url: string, isOver: AbortSignal): Promise<undefined> {
    while (!isOver.aborted && this.leaderUrl() === url) await setTimeoutAsync(RETRY_MS);
  }

  private async ask(url: string, raw: Uint8Array): Promise<RpcError | null | undefined> {
    try {
      const client = new L1Rpc(url, { timeoutMs: REQUEST_MS, retries: 0 });
      const { error } = await client.exchange("eth_sendRawTransaction", [toHex(raw)]);
      return error === undefined ? null : new RpcError(error.code, error.message, error.data);
    } catch {
      return undefined;
    }
  }
}
