import type { Logger } from "pino";
import type { BlockHeader, ExecutedBlock, Hex, InboxView, L1Block, StateTransition } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import type { L1View } from "../l1/view";
import { decodeCursor } from "../../protocol";
import type { WriteBatch } from "../store/database";
import { keyNumber, numberKey, tableRange } from "../store/keys";
import type { StoredBlock } from "./blockTables";
import { refOf, type Chain } from "./chain";
import { inboxViewOf } from "./inboxView";
import type { BlockRef } from "./types";

/** Which blocks were derived from a batch, and from which content of it. */
export interface DerivedBatch {
  record: Hex;
  /** Hash of the last message that the batch consumes: a forced batch's record does not bind it. */
  message: Hex | null;
  firstBlock: number;
  lastBlock: number;
}

/** The program, run here or in another thread. */
export interface DerivingProgram {
  advance(...run: Parameters<StateTransition["advance"]>): ExecutedBlock | null | Promise<ExecutedBlock | null>;
  /** Whether it makes just this block, which the node has already; false where that is to be found out by `advance`. */
  confirms?(parent: StoredBlock, block: StoredBlock, inbox: InboxView): Promise<boolean>;
}

export interface DerivationOptions {
  /** Keep blocks above the safe head when L1 takes a batch away (the sequencer's own); else the unsafe head falls back, too. */
  keepsUnsafe: boolean;
}

export interface DerivationProgress {
  /** Blocks derived in this call. */
  derived: number;
  /** Of those, how many this node had already as unsafe blocks. */
  confirmed: number;
}

/**
 * Keeps the safe and finalized heads where L1 says they are: runs the program from the safe head until the inbox is used up,
 * and goes back when L1 took back a batch. What was derived from which batch is on disk in the same write as the block, so that a
 * crash at any moment leaves a state from which the next `sync` goes on.
 */
export class Derivation {
  private readonly batches = new Map<number, DerivedBatch>();
  /** Where the last run found nothing: a parent and the last batch. Most L1 blocks hold no batch. */
  private idleAt: string | null = null;

  private constructor(
    readonly chain: Chain,
    readonly view: L1View,
    private readonly program: DerivingProgram,
    private readonly options: DerivationOptions,
    private readonly log: Logger,
  ) {}

  static async open(
    chain: Chain,
    view: L1View,
    program: DerivingProgram,
    options: DerivationOptions,
    log: Logger,
  ): Promise<Derivation> {
    const derivation = new Derivation(chain, view, program, options, log);
    await derivation.reload();
    return derivation;
  }

  /** Reads what the store has of it. */
  async reload(): Promise<void> {
    this.batches.clear();
    this.idleAt = null;
    for (const [key, value] of await this.chain.store.database.range(...tableRange("derived")))
      this.batches.set(keyNumber(key), JSON.parse(value.toString()) as DerivedBatch);
  }

  derivedFrom(batch: number): DerivedBatch | undefined {
    const derived = this.batches.get(batch);
    return derived !== undefined && this.isCurrent(batch, derived) ? derived : undefined;
  }

  private isCurrent(batch: number, derived: Pick<DerivedBatch, "record" | "message">): boolean {
    const now = this.content(batch);
    return now !== null && now.record === derived.record && now.message === derived.message;
  }

  private content(batch: number): Pick<DerivedBatch, "record" | "message"> | null {
    const found = this.view.batch(batch);
    if (found === undefined) return null;
    return { record: found.record, message: this.view.message(found.delayedCount - 1)?.hash ?? null };
  }

  /**
   * Brings the heads to where the L1 view says. Ends early where L1 takes back meanwhile what it began with: the next one goes on.
   * @param isStopping - asked between blocks.
   * @throws SolventError `block-failed` where the program makes nothing of what follows: it trapped, or could not run. The heads stand
   * where they can, and the next `sync` tries again.
   */
  async sync(isStopping: () => boolean = () => false): Promise<DerivationProgress> {
    await this.rewind();
    const progress = { derived: 0, confirmed: 0 };
    const { tip } = this.view;
    try {
      while (!isStopping() && (tip === null || this.view.has(tip))) {
        const wasUnsafe = this.chain.safe.number < this.chain.unsafe.number;
        if (!(await this.advance(inboxViewOf(this.view), tip))) break;
        progress.derived++;
        if (wasUnsafe && this.chain.unsafe.number > this.chain.safe.number) progress.confirmed++;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      await this.moveFinalized();
    }
    return progress;
  }

  private async advance(inbox: InboxView, tip: L1Block | null): Promise<boolean> {
    const parent = this.chain.requireBlockAt(this.chain.safe.number);
    if (decodeCursor(parent.header.extraData).batch >= inbox.batchCount) return false;
    const place = `${parent.hash} ${JSON.stringify(this.content(this.view.batchCount - 1))}`;
    if (place === this.idleAt) return false;
    const known = await this.confirmed(parent, inbox);
    const block = known === null ? await this.run(parent, inbox) : null;
    if (tip !== null && !this.view.has(tip)) return false;
    if (known !== null) await this.take(known);
    else if (block !== null) await this.take({ ...block, hash: block.blockHash }, block);
    else this.idleAt = place;
    return (known ?? block) !== null;
  }

  /** The block above `parent` that the node has already, where the program makes just that one; null where it is not known to. */
  private async confirmed(parent: StoredBlock, inbox: InboxView): Promise<StoredBlock | null> {
    const { number } = parent.header;
    const block = this.chain.blockAt(number + 1);
    if (block === undefined || (await this.program.confirms?.(parent, block, inbox)) !== true) return null;
    return this.chain.blockAt(number + 1)?.hash === block.hash ? block : null;
  }

  /** @param made - the same block where it was made here. */
  private async take({ header, hash }: Pick<StoredBlock, "header" | "hash">, made?: ExecutedBlock): Promise<void> {
    const { also, commit } = this.noteDerived(header);
    const safe = { number: header.number, hash };
    if (made === undefined || this.chain.blockAt(header.number)?.hash === hash)
      await this.chain.setHeads({ safe }, also);
    else await this.chain.extend(header.number - 1, [{ block: made }], { safe }, { also });
    commit();
  }

  private async run({ header, outputRoot }: StoredBlock, inbox: InboxView): Promise<ExecutedBlock | null> {
    try {
      return await this.program.advance(outputRoot, inbox);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SolventError("block-failed", `nothing follows block ${header.number}: ${reason}`, {
        cause,
        retry: true,
      });
    }
  }

  private noteDerived({ number, extraData }: BlockHeader): {
    also: (batch: WriteBatch) => void;
    commit: () => void;
  } {
    const batch = Number(decodeCursor(extraData).batch);
    const before = this.batches.get(batch);
    const goesOn = before !== undefined && this.isCurrent(batch, before) && before.lastBlock === number - 1;
    const firstBlock = goesOn ? before.firstBlock : number;
    const derived: DerivedBatch = { ...this.content(batch)!, firstBlock, lastBlock: number };
    return {
      also: (write) => write.put(numberKey("derived", batch), Buffer.from(JSON.stringify(derived))),
      commit: () => this.batches.set(batch, derived),
    };
  }

  /** Takes the safe head back to the last block whose batch L1 still has. */
  private async rewind(): Promise<void> {
    let safe = this.chain.requireBlockAt(this.chain.safe.number);
    while (safe.header.number > 0) {
      const batch = Number(decodeCursor(safe.header.extraData).batch);
      const derived = this.batches.get(batch);
      if (derived === undefined)
        throw new SolventError("store-corrupted", `nothing is known of batch ${batch} behind block ${safe.hash}`);
      if (this.isCurrent(batch, derived)) break;
      safe = this.chain.requireBlockAt(derived.firstBlock - 1);
    }
    if (safe.header.number === this.chain.safe.number) return;
    const ref = refOf(safe);
    this.log.warn({ from: this.chain.safe.number, to: ref.number }, "L1 took back batches: safe head goes back");
    const isBelowFinalized = ref.number < this.chain.finalized.number;
    if (isBelowFinalized) this.log.error({ finalized: this.chain.finalized }, "L1 took back finalized batches");
    const heads = isBelowFinalized ? { safe: ref, finalized: ref } : { safe: ref };
    if (this.options.keepsUnsafe) await this.chain.setHeads(heads);
    else await this.chain.extend(ref.number, [], heads);
  }

  private async moveFinalized(): Promise<void> {
    const l1 = this.view.finalized;
    if (l1 === null) return;
    const last = this.view.batchCountAt(l1.number) - 1;
    const derived = last < 0 ? undefined : this.derivedFrom(last);
    if (derived === undefined) return;
    // The last batch may still be under way; its blocks are final all the same once they are derived.
    const number = Math.min(derived.lastBlock, this.chain.safe.number);
    if (number <= this.chain.finalized.number) return;
    const finalized: BlockRef = refOf(this.chain.requireBlockAt(number));
    await this.chain.setHeads({ finalized });
  }
}
