import type { InboxState } from "../../games/types";
import type { NodeCore } from "../../actor/core";
import { decodeCursor, ZERO_HASH } from "../../protocol";
import { SolventError } from "../../protocol/errors";
import type { Hex, InboxView } from "../../protocol/types";
import type { HonestRuns } from "./commitments";
import type { RunWitness } from "./recording";
import { headerOf, type RunThreads } from "./runs";

/**
 * The honest party's runs, as derivation has made them: a block of a batch that an inbox holds is the same for every inbox that holds it.
 * Only what comes after the last one is asked of the program, in a thread: nothing, a block that is not derived yet, or a trap, whose root
 * is zero and stays so.
 */
export class DerivedRuns implements HonestRuns {
  /** Somebody waits for a block that is not derived yet. */
  isWaiting = false;

  constructor(
    private readonly core: NodeCore,
    private readonly threads: RunThreads,
    private readonly inboxView: (inbox: InboxState) => InboxView,
  ) {}

  async outputs(start: Hex, inbox: InboxState, most: number): Promise<Hex[]> {
    if (start === ZERO_HASH) return [];
    const view = this.inboxView(inbox);
    const { chain, derivation } = this.core;
    const outputs: Hex[] = [];
    this.isWaiting = true;
    const { number, extraData } = headerOf(this.core.store.nodes, start);
    let last = { root: start, batch: Number(decodeCursor(extraData).batch) };
    if (chain.blockAt(number)?.outputRoot !== start) throw this.notDerived(number);
    for (let next = number + 1; outputs.length < most; next++) {
      const block = next <= chain.safe.number ? chain.blockAt(next) : undefined;
      if (block === undefined) break;
      const batch = Number(decodeCursor(block.header.extraData).batch);
      if (batch >= inbox.batchCount) return this.found(outputs);
      if (derivation.derivedFrom(batch) === undefined) throw this.notDerived(next);
      outputs.push(block.outputRoot);
      last = { root: block.outputRoot, batch };
      if (outputs.length % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (outputs.length === most || inbox.batchCount === 0) return this.found(outputs);
    // Each batch makes a block at least, where the program does not trap. That the last one makes no more, it says without a look beyond.
    const isMore = last.batch < inbox.batchCount - 1 && this.core.stuckBehind !== last.root;
    const next = isMore ? "block" : await this.threads.next(last.root, view);
    if (next === "block") throw this.notDerived(number + outputs.length + 1);
    if (next === "trap") outputs.push(ZERO_HASH);
    return this.found(outputs);
  }

  record(start: Hex, inbox: InboxState): Promise<RunWitness> {
    return this.threads.record(start, this.inboxView(inbox));
  }

  private found(outputs: Hex[]): Hex[] {
    this.isWaiting = false;
    return outputs;
  }

  private notDerived(number: number): SolventError {
    return new SolventError("not-derived", `block ${number} is not derived yet: waiting`, { retry: true });
  }
}
