import { quantity } from "../protocol/quantity";
import type { Processes } from "./processes";

/** What a snapshot takes in: L1, and every actor's process. */
export interface SnapshotParties {
  processes: Pick<Processes, "ask" | "names">;
  /** Asks L1 itself. @throws what it answers. */
  l1(method: string, params: unknown[]): Promise<unknown>;
}

interface Taken {
  id: string;
  /** L1's own name for it. */
  l1: string;
  actors: string[];
}

/**
 * Snapshots of the whole devnet: L1 with its contracts, and of each actor its whole store, taken while all of them stand still. Going back
 * to one forgets it and those after it, as development nodes do. They last as long as the processes.
 */
export class SystemSnapshots {
  private readonly parties: SnapshotParties;
  private readonly taken: Taken[] = [];
  private count = 0;

  constructor(parties: SnapshotParties) {
    this.parties = parties;
  }

  /** @returns its id, for `revert`. */
  async take(): Promise<string> {
    const { processes, l1 } = this.parties;
    const id = quantity(++this.count);
    const actors = processes.names().filter((name) => name !== "l1");
    await this.held(actors, [], async () => {
      const own = (await l1("evm_snapshot", [])) as string;
      await Promise.all(actors.map((name) => processes.ask(name, "mark", id)));
      this.taken.push({ id, l1: own, actors });
    });
    return id;
  }

  /**
   * @returns whether there was such a snapshot.
   * @throws SolventError `process-failed` where an actor was started again since: nothing has changed then.
   */
  async revert(id: string): Promise<boolean> {
    const at = this.taken.findIndex((one) => one.id === id);
    if (at < 0) return false;
    const { processes, l1 } = this.parties;
    const { actors, l1: own } = this.taken[at];
    const isBack = await this.held(actors, [id], async () => {
      if ((await l1("evm_revert", [own])) !== true) return false;
      await Promise.all(actors.map((name) => processes.ask(name, "restore", id)));
      return true;
    });
    const gone = this.taken.splice(at);
    const running = new Set(processes.names());
    const ids = gone.map((one) => one.id);
    await Promise.all(actors.filter((name) => running.has(name)).map((name) => processes.ask(name, "forget", ids)));
    return isBack;
  }

  /** Runs a task while the actors stand still; they go on whatever becomes of it. */
  private async held<T>(actors: readonly string[], params: readonly string[], task: () => Promise<T>): Promise<T> {
    const { processes } = this.parties;
    const holds = await Promise.allSettled(actors.map((name) => processes.ask(name, "hold", ...params)));
    try {
      for (const hold of holds) if (hold.status === "rejected") throw hold.reason;
      return await task();
    } finally {
      await Promise.allSettled(actors.map((name) => processes.ask(name, "release")));
    }
  }
}
