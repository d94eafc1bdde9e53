import type { Logger } from "pino";
import { z } from "zod";
import type { NodeCore } from "../actor/core";
import { readInboxMode } from "../node/l1/inboxMode";
import type { L1Sender } from "../node/l1/sender";
import { ROTATION_ABI } from "../node/rotation/abi";
import { signerOf, type SignedConfirmation } from "../node/rotation/confirmation";
import type { Equivocation, Promises } from "../node/rotation/promises";
import { RotationReader } from "../node/rotation/reader";
import { isErrorCode, SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import type { SequencerClient } from "./sequencerClient";

/** Number that an inbox whose members take turns gives its sequencing. */
const ROTATION = 1;
/** Of the unsafe head and below it, so many heights are asked for at each look. */
const WINDOW = 64;
/** Promises that one answer holds at most: what comes behind is not looked at. */
const MOST_PROMISES = 4 * WINDOW;

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const promiseShape = z.object({
  ...{ slot: count, height: count, expiry: count, parentHash: hash, blockHash: hash },
  leader: z.string().regex(/^0x[0-9a-f]{40}$/),
  signature: z.string(),
});

/**
 * Collects what leaders sign, from the sequencer and from other nodes, who may have been shown something else, and reports on L1 who signed
 * two blocks for one height. Does nothing where nothing is signed.
 */
export class PromiseWatch {
  private readonly reader: RotationReader;
  private isRotation: boolean | null = null;

  /**
   * @param sources - whom to ask.
   * @param sender - that reports, for half the stake; null where faults are only shown.
   * @param clock - L1's time, in seconds.
   */
  constructor(
    private readonly core: NodeCore,
    private readonly promises: Promises,
    private readonly sources: readonly SequencerClient[],
    private readonly sender: L1Sender | null,
    private readonly clock: () => number,
    private readonly log: Logger,
  ) {
    this.reader = new RotationReader(core.l1, core.system.inbox);
  }

  /** Asks everybody once, and reports what was found. A source or an L1 that is away is no failure of this node. */
  async look(): Promise<void> {
    const { core } = this;
    try {
      this.isRotation ??= (await readInboxMode(core.l1, core.system.inbox, "sequencingMode")) === ROTATION;
      if (this.isRotation) {
        for (const source of this.sources) await this.ask(source);
        await this.report();
      }
      core.health.report("promises", this.sender?.problem ?? null);
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      core.health.report("promises", error.message);
    }
  }

  /** Takes one that came with a block of the feed. */
  async note(promise: SignedConfirmation): Promise<void> {
    try {
      const checked = await this.checked(promise, promise.height);
      if (checked !== null && (await this.promises.add(checked))) this.tell(checked);
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
    }
  }

  /** What one of them has for the youngest heights of this node's chain. What is no promise ends its answer. */
  private async ask(source: SequencerClient): Promise<void> {
    const first = Math.max(1, this.core.chain.unsafe.number - WINDOW + 1);
    try {
      for (const one of (await source.promises(first, WINDOW)).slice(0, MOST_PROMISES)) {
        const promise = await this.checked(one, first);
        if (promise === null) return this.log.warn({ url: source.url, one }, "that is no promise of a leader");
        if (await this.promises.add(promise)) this.tell(promise);
      }
    } catch (error) {
      if (!isErrorCode(error, "sequencer-unavailable")) throw error;
    }
  }

  /** @returns the promise, where somebody signed it whose slot it was; null else. */
  private async checked(one: unknown, first: number): Promise<SignedConfirmation | null> {
    const parsed = promiseShape.safeParse(one);
    if (!parsed.success) return null;
    const promise = parsed.data as SignedConfirmation;
    if (this.promises.has(promise)) return promise;
    const isAsked = promise.height >= first && promise.height < first + WINDOW;
    if (!isAsked || signerOf(this.core.system, promise, promise.signature) !== promise.leader) return null;
    return (await this.reader.maySign(promise.leader, promise.slot, this.clock())) ? promise : null;
  }

  private tell({ leader, slot, height }: SignedConfirmation): void {
    this.log.error({ leader, slot, height }, "a leader signed two blocks for one height");
  }

  /** Takes the stake of all who can still lose one. */
  private async report(): Promise<void> {
    const { core, sender } = this;
    const open: Hex[] = [];
    for (const fault of this.promises.faults())
      if (await this.reader.hasSeat(fault[0].leader)) {
        open.push(fault[0].leader);
        if (sender !== null) await this.send(sender, fault);
      }
    const text = `${open.join(", ")} signed two blocks for one height, and has a stake still`;
    core.health.report("equivocation", open.length === 0 ? null : text);
    if (sender !== null) await sender.poll();
  }

  private async send(sender: L1Sender, fault: Equivocation): Promise<void> {
    const { inbox } = this.core.system;
    const key = `equivocation of ${fault[0].leader}`;
    const sent = sender.find(key);
    const isUnderWay = sent?.status === "pending" || (this.core.view.tip?.number ?? -1) < (sent?.minedNumber ?? -1);
    if (isUnderWay) return;
    const data = ROTATION_ABI.encodeFunctionData("reportEquivocation", [
      fault,
      fault.map((one) => one.signature),
    ]) as Hex;
    this.log.info({ key }, "reporting it on L1");
    await sender.submit({ key, to: inbox, data });
  }
}
