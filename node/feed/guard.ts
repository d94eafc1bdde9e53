import { Counter, type Registry } from "prom-client";
import type { ErrorCode } from "../../protocol/errorCodes";
import { SolventError } from "../../protocol/errors";
import type { BlockBody } from "../../protocol/batch";
import type { Hex } from "../../protocol/types";
import type { Chain } from "../chain/chain";
import { decodeFeedMessage, MAX_MESSAGE_BYTES, type SignedFeedBlock } from "./message";

/** A block so far above the head is not kept: what lies between has to come first, and comes by other ways. */
export const WINDOW_BLOCKS = 128;

/** A block that somebody signed whose batches L1 takes; whether it follows from the rules is not known yet. */
export type ToldBlock = Omit<SignedFeedBlock, "signer" | "read"> & {
  leader: Hex;
  body: BlockBody & { lengthBytes: number };
};

interface GuardDeps {
  chain: Chain;
  /** As `feedDomain`. */
  domain: Uint8Array;
  /** Accounts in lower case. */
  signers(): ReadonlySet<Hex>;
  /** L1's time, in seconds, and how far a block may be ahead of it; 0 for any. */
  clock(): number;
  maxAhead: number;
  registry: Registry;
}

/**
 * Says of each message of a feed whether it is worth to be executed, before anything is spent on it: cheap looks come before dear ones, a
 * body is inflated last. SAFETY: it keeps hashes of at most 2 * WINDOW_BLOCKS messages, whatever comes.
 */
export class FeedGuard {
  /** What was let through, by height. */
  private readonly seen = new Map<number, { leader: Hex; parentHash: Hex; blockHash: Hex }>();
  private readonly refused: Counter<"code">;

  constructor(private readonly deps: GuardDeps) {
    const registers = [deps.registry];
    const help = "Messages of the feed that were refused, by the code of the error";
    this.refused = new Counter({ name: "solvent_feed_refused_total", help, labelNames: ["code"], registers });
  }

  /** @throws SolventError `feed-*`: it is refused, and counted. */
  check(bytes: Uint8Array): ToldBlock {
    try {
      const { signer, read, ...told } = decodeFeedMessage(this.deps.domain, bytes);
      this.requireNear(told);
      this.requireNew(told);
      const leader = signer();
      if (leader === null || !this.deps.signers().has(leader))
        throw refusal("feed-wrong-signer", `block ${told.number} is signed by ${leader ?? "nobody"}`);
      this.requireOnly(told, leader);
      const body = read();
      this.requireTime(Number(body.timestamp));
      this.note(told, leader);
      return { ...told, leader, body };
    } catch (error) {
      if (error instanceof SolventError) this.refused.inc({ code: error.code });
      throw error;
    }
  }

  /** Counts a message that was not read for its length. @returns the refusal. */
  oversize(): SolventError {
    this.refused.inc({ code: "feed-oversize" });
    return refusal("feed-oversize", `a message of more than ${MAX_MESSAGE_BYTES} bytes`);
  }

  /** What was let through at these heights counts for nothing any more: the chain went back. */
  forget(from: number): void {
    for (const number of this.seen.keys()) if (number >= from) this.seen.delete(number);
  }

  private requireNear({ number }: Pick<ToldBlock, "number">): void {
    const head = this.deps.chain.unsafe.number;
    if (number > head + WINDOW_BLOCKS)
      throw refusal("feed-far", `block ${number} is more than ${WINDOW_BLOCKS} above ${head}`);
  }

  private requireNew({ number, blockHash }: Pick<ToldBlock, "number" | "blockHash">): void {
    const { chain } = this.deps;
    const isKnown = chain.blockAt(number)?.hash === blockHash || this.seen.get(number)?.blockHash === blockHash;
    if (isKnown || number <= chain.safe.number) throw refusal("feed-replayed", `block ${number} came before`);
  }

  private requireOnly(
    { number, parentHash, blockHash }: Pick<ToldBlock, "number" | "parentHash" | "blockHash">,
    leader: Hex,
  ): void {
    const one = this.seen.get(number);
    if (one !== undefined && one.leader === leader && one.parentHash === parentHash)
      throw refusal(
        "feed-equivocation",
        `${leader} signed blocks ${one.blockHash} and ${blockHash} for height ${number}`,
      );
  }

  private requireTime(timestamp: number): void {
    const { clock, maxAhead } = this.deps;
    if (maxAhead > 0 && timestamp > clock() + maxAhead)
      throw refusal("feed-far", `a block of ${timestamp} s, and L1 takes none after ${clock() + maxAhead}`);
  }

  private note(
    { number, parentHash, blockHash }: Pick<ToldBlock, "number" | "parentHash" | "blockHash">,
    leader: Hex,
  ): void {
    this.seen.delete(number);
    this.seen.set(number, { leader, parentHash, blockHash });
    for (const old of this.seen.keys()) {
      if (this.seen.size <= 2 * WINDOW_BLOCKS) return;
      this.seen.delete(old);
    }
  }
}

function refusal(code: ErrorCode, message: string): SolventError {
  return new SolventError(code, message);
}
