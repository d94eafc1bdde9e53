import { join } from "node:path";
import type { SumMove } from "../../games/sums/challenge";
import { StoreThreads } from "../../node/engine/threads";
import type { LiabilityProof, Sum } from "../../protocol/liability";
import type { Hex } from "../../protocol/types";

/** A question holds 64 records at most, 1 KiB each. */
const USE = { module: join(__dirname, "worker"), mostWaiting: 100 };

export type SumJob =
  | { kind: "sum"; stateRoot: Hex }
  | { kind: "prove"; stateRoot: Hex; address: Hex }
  | { kind: "judge"; stateRoot: Hex; claimed: Sum; shown: ReadonlyMap<Hex, Hex> }
  | { kind: "record"; stateRoot: Hex; hash: Hex };

/**
 * Sums over whole states, in a thread of their own over a store of this process: neither the actor's loop nor an answer waits for millions of trie
 * nodes. It begins with the first question; most chains never have one.
 * @throws SolventError of `Liabilities`, `engine-busy`, `engine-failed` or `engine-closed`, each of its methods.
 */
export class SumThread {
  private readonly threads: StoreThreads<SumJob>;

  /** @param databasePath - Folder of a database that this process has open. */
  constructor(databasePath: string) {
    this.threads = new StoreThreads({ databasePath }, 1, USE);
  }

  /** What all accounts of a state own, with the root of their sums. */
  sum(stateRoot: Hex): Promise<Sum> {
    return this.run({ kind: "sum", stateRoot });
  }

  /** That an account is counted in it; undefined for one that the state does not have. */
  prove(stateRoot: Hex, address: Hex): Promise<LiabilityProof | undefined> {
    return this.run({ kind: "prove", stateRoot, address });
  }

  /** As `challengeSum`. */
  judge(stateRoot: Hex, claimed: Sum, shown: ReadonlyMap<Hex, Hex>): Promise<SumMove> {
    return this.run({ kind: "judge", stateRoot, claimed, shown });
  }

  /** The record behind a hash; undefined where the state has none. */
  record(stateRoot: Hex, hash: Hex): Promise<Hex | undefined> {
    return this.run({ kind: "record", stateRoot, hash });
  }

  /** Ends it; what it was asked is refused. */
  close(): Promise<void> {
    return this.threads.close();
  }

  private run<T>(job: SumJob): Promise<T> {
    return this.threads.run<T>(job, Infinity);
  }
}
