import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";
import { L1Rpc } from "../node/l1/rpc";
import { fromHex, toHex } from "../protocol";
import { quantity } from "../protocol/quantity";
import { RpcError } from "../node/rpc";

/** The sequencer's JSON-RPC as a verifier uses it. */
export class SequencerClient {
  private readonly rpc: L1Rpc;

  constructor(readonly url: string) {
    this.rpc = new L1Rpc(url, { timeoutMs: 5_000, retries: 0 });
  }

  /** @throws SolventError `sequencer-unavailable`. */
  async headNumber(): Promise<number> {
    const number = await this.ask<string>("eth_blockNumber", []);
    if (number !== null) return Number(number);
    throw new SolventError("sequencer-unavailable", `the sequencer at ${this.url} refuses to name its head`, {
      retry: true,
    });
  }

  /** RLP of block `number`, or null where the sequencer has none. @throws SolventError `sequencer-unavailable`. */
  async rawBlock(number: number): Promise<Uint8Array | null> {
    const raw = await this.ask<Hex | null>("debug_getRawBlock", [quantity(number)]);
    return raw === null ? null : fromHex(raw);
  }

  /** Soft confirmations for `count` heights, as that node gives them; none where it gives something else. @throws SolventError `sequencer-unavailable`. */
  async promises(first: number, count: number): Promise<unknown[]> {
    const promises = await this.ask<unknown>("rollup_promise", [first, count]);
    return Array.isArray(promises) ? promises : [];
  }

  /** Hands a signed transaction on. @throws RpcError with the sequencer's own words, SolventError `sequencer-unavailable`. */
  async submit(raw: Uint8Array): Promise<Hex> {
    const { result, error } = await this.exchange("eth_sendRawTransaction", [toHex(raw)]);
    if (error !== undefined) throw new RpcError(error.code, error.message, error.data);
    return result as Hex;
  }

  private async ask<T>(method: string, params: unknown[]): Promise<T | null> {
    const { result, error } = await this.exchange(method, params);
    return error === undefined ? (result as T) : null;
  }

  private async exchange(method: string, params: unknown[]): ReturnType<L1Rpc["exchange"]> {
    try {
      return await this.rpc.exchange(method, params);
    } catch (cause) {
      const text = `the sequencer at ${this.url} does not answer: send the transaction to L1 if it stays away`;
      throw new SolventError("sequencer-unavailable", text, { cause, retry: true });
    }
  }
}
