import type { Snapshot } from "../node/store/database";
import { SolventError } from "../protocol/errors";
import type { Serial } from "../protocol/serial";
import type { NodeCore } from "./core";

/** What a devnet asks of an actor's process over its channel; nobody else reaches it. */
export type DevnetAnswers = Readonly<Record<string, (...params: never[]) => Promise<unknown>>>;

/** A hold that nobody ends is let go: whoever asked for it is gone. */
const LONGEST_HOLD_MS = 60_000;

/**
 * An actor as the snapshots of a devnet see it. Held, it changes nothing and sends nothing; a mark is its whole store at that moment, and
 * to restore one is to write back what changed since and to read memory anew. Marks end with the process.
 * INVARIANT: while it is held, no task of the actor's queue runs, and no derivation.
 */
export class Marks {
  private readonly core: NodeCore;
  private readonly serial: Serial;
  private readonly reload: () => Promise<void>;
  private readonly canWait: boolean;
  private readonly marks = new Map<string, Snapshot>();
  private release: (() => void) | null = null;
  private held: Promise<void> = Promise.resolve();

  /**
   * @param serial - the queue of everything that changes the actor.
   * @param reload - reads anew what the actor has in memory beside its core.
   * @param canWait - whether a derivation may end between two blocks for it; not where blocks are built on what was derived.
   */
  constructor(core: NodeCore, serial: Serial, reload: () => Promise<void>, canWait = true) {
    this.canWait = canWait;
    this.core = core;
    this.serial = serial;
    this.reload = reload;
  }

  /** Settles when nothing holds the actor: for what comes in beside its queue. */
  get released(): Promise<void> {
    return this.held;
  }

  readonly answers: DevnetAnswers = {
    /** @param id - of the mark that will be restored; the actor must have it. */
    hold: (id?: string) => this.hold(id),
    release: async () => this.release?.(),
    mark: async (id: string) => void this.marks.set(id, await this.core.store.mark()),
    restore: (id: string) => this.restore(id),
    forget: (ids: string[]) => this.forget(ids),
  };

  private async hold(id?: string): Promise<void> {
    if (id !== undefined) this.requireMark(id);
    const until = new Promise<void>((resolve) => (this.release = resolve));
    this.held = until;
    const timer = setTimeout(() => this.release?.(), LONGEST_HOLD_MS);
    this.core.isHeld = this.canWait;
    await new Promise<void>((resolve) => {
      void this.serial.run(async () => {
        this.core.isHeld = true;
        resolve();
        await until;
        clearTimeout(timer);
        this.core.isHeld = false;
      });
    });
    await this.core.idle();
  }

  private async restore(id: string): Promise<void> {
    await this.core.restore(this.requireMark(id));
    await this.reload();
  }

  private async forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.marks.get(id)?.close();
      this.marks.delete(id);
    }
  }

  private requireMark(id: string): Snapshot {
    const mark = this.marks.get(id);
    if (mark !== undefined) return mark;
    throw new SolventError("snapshot-gone", "was started again since the snapshot was taken, and cannot go back to it");
  }

  /** Before the store is closed. */
  async close(): Promise<void> {
    this.release?.();
    await this.forget([...this.marks.keys()]);
  }
}
