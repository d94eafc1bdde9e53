import type { Logger } from "pino";
import { SolventError } from "../protocol/errors";
import type { DueCall } from "../node/data/batchData";
import type { L1Sender } from "../node/l1/sender";
import type { NodeCore } from "./core";

/**
 * What an actor does for batches that do not count yet, and after which part of the time there is for it, in percent: who posts them first,
 * so that others come only where it does not. What is left out is not done.
 */
export type Duties = Partial<Record<DueCall["kind"], number>>;

export const SEQUENCER_DUTIES: Duties = { answer: 0, settle: 0 };
export const CHALLENGER_DUTIES: Duties = { challenge: 0, answer: 25, settle: 25 };

/**
 * Looks after batches whose bytes are off L1: keeps a copy of each as it comes, challenges what nobody gives, answers challenges, and lets
 * count what has waited long enough. Where all bytes are on L1 it does nothing.
 */
export class DataKeeper {
  private looking: Promise<void> | null = null;

  /** @param sender - null for one that only keeps copies. */
  constructor(
    private readonly core: NodeCore,
    private readonly sender: L1Sender | null,
    private readonly duties: Duties,
    private readonly log: Logger,
  ) {}

  /** Begins a look at L1 unless one is under way: servers may be slow, and nothing waits for them. @param fail - told of what is not L1's. */
  poke(fail: (error: Error) => void): void {
    this.looking ??= this.tick()
      .catch(fail)
      .finally(() => (this.looking = null));
  }

  /** Settles when no look is under way. */
  async idle(): Promise<void> {
    await this.looking;
  }

  /** One look at L1. What fails there is the health topic `data`, as are batches whose bytes nobody gives. */
  async tick(): Promise<void> {
    const { core } = this;
    try {
      const { duties } = await core.batchData();
      if (duties === null) return;
      const { due, missing } = await duties.look();
      const text = `nobody gives the bytes of the pending batches ${missing.join(", ")}`;
      core.health.report("data", missing.length === 0 ? null : text);
      for (const one of due) if (this.isMine(one)) await this.send(one);
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      core.health.report("data", error.message);
    }
  }

  private isMine({ kind, dueSince, dueUntil }: DueCall): boolean {
    const percent = this.duties[kind];
    if (percent === undefined) return false;
    return (this.core.view.tip?.time ?? 0) >= dueSince + ((dueUntil - dueSince) * percent) / 100;
  }

  private async send({ key, kind, call }: DueCall): Promise<void> {
    const { core, sender } = this;
    const sent = sender?.find(key);
    const isUnderWay = sent?.status === "pending" || (core.view.tip?.number ?? -1) < (sent?.minedNumber ?? -1);
    if (sender === null || isUnderWay) return;
    this.log.info({ key }, kind === "challenge" ? "challenging a batch that nobody gives" : "a batch off L1");
    await sender.submit({ key, to: core.system.inbox, ...call });
  }
}
