import { RPC_CODES, RpcError } from "./errors";

/** How long a request may run before others get their turn. */
const TURN_MS = 15;

/** Thrown to whoever works for a client that has gone; nobody reads it. */
export class ClientGone extends Error {}

/**
 * The work of one request, single call or batch, on the thread that everybody shares: it takes turns with others, has an end, and stops
 * when its client goes.
 */
export class Work {
  private readonly signal: AbortSignal | undefined;
  private readonly endsAt: number;
  private turnEndsAt: number;

  /** @param limitMs - how long it may go on in all. @param signal - aborted when the client has gone. */
  constructor(limitMs: number, signal?: AbortSignal) {
    this.signal = signal;
    this.endsAt = performance.now() + limitMs;
    this.turnEndsAt = performance.now() + TURN_MS;
  }

  /** Runs when the client goes. @returns the function that takes it back. */
  onGone(run: () => void): () => void {
    const { signal } = this;
    signal?.addEventListener("abort", run, { once: true });
    return () => signal?.removeEventListener("abort", run);
  }

  /** Call it between pieces of a few milliseconds. @throws ClientGone, RpcError -32005 when the time is used up. */
  async breathe(): Promise<void> {
    if (performance.now() >= this.turnEndsAt) {
      await new Promise((resolve) => setImmediate(resolve));
      this.turnEndsAt = performance.now() + TURN_MS;
    }
    if (this.signal?.aborted === true) throw new ClientGone();
    if (performance.now() >= this.endsAt)
      throw new RpcError(RPC_CODES.limitExceeded, "the request takes too long: ask for less at once");
  }
}
