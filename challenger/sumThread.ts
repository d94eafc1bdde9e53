import { join } from "node:path";
import type { SumMove } from "../games/sums/challenge";
import { SolventError } from "../protocol/errors";
import type { Sum } from "../protocol/liability";
import type { Hex } from "../protocol/types";
import { MachinePool } from "./commitments/pool";

const SUM_WORKER = join(__dirname, "sumWorker");

interface SumJobOf<K extends string> {
  kind: K;
  stateRoot: Hex;
  machine: { id: string };
}
export type SumJob = SumJobOf<"sum">;
export type JudgeJob = SumJobOf<"judge"> & { claimed: Sum; shown: ReadonlyMap<Hex, Hex> };
export type RecordJob = SumJobOf<"record"> & { hash: Hex };

export interface SumThreadData {
  /** Folder of a database that this process has open. */
  databasePath: string;
}

/**
 * Sums over whole states, in a thread of their own over a store of this process: neither the actor's loop nor an answer waits for millions of trie
 * nodes. It begins with the first question; most chains never have one.
 * @throws SolventError `machine-failed` with the thread's message, each of its methods; worth a retry.
 */
export class SumThread {
  private pool: MachinePool | null = null;
  private isClosed = false;

  constructor(private readonly databasePath: string) {}

  /** What all accounts of a state own, with the root of their sums. */
  sum(stateRoot: Hex): Promise<Sum> {
    const job: SumJob = { kind: "sum", stateRoot, machine: { id: "" } };
    return this.run(job) as Promise<Sum>;
  }

  /** As `challengeSum`. */
  judge(stateRoot: Hex, claimed: Sum, shown: ReadonlyMap<Hex, Hex>): Promise<SumMove> {
    const job: JudgeJob = { kind: "judge", stateRoot, claimed, shown, machine: { id: "" } };
    return this.run(job) as Promise<SumMove>;
  }

  /** The record behind a hash; undefined where the state has none. */
  record(stateRoot: Hex, hash: Hex): Promise<Hex | undefined> {
    const job: RecordJob = { kind: "record", stateRoot, hash, machine: { id: "" } };
    return this.run(job) as Promise<Hex | undefined>;
  }

  /** Ends it; what it was asked is refused. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.pool?.close();
  }

  private run(job: SumJob | JudgeJob | RecordJob): Promise<unknown> {
    if (!this.isClosed) this.pool ??= new MachinePool(1, SUM_WORKER, { databasePath: this.databasePath });
    if (this.pool === null) return Promise.reject(new SolventError("machine-failed", "the thread of sums is closed"));
    return this.pool.run(job);
  }
}
