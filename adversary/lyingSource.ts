import type { ExecutedBlock, Hex, NodeStore } from "../protocol/types";
import type { InboxState } from "../games/edges";
import { isErrorCode } from "../protocol/errors";
import { keccak256 } from "../protocol";
import { Commitments, type CommitmentOptions, type OutputCommitment } from "../challenger/commitments/commitments";
import type { Substitution, RunEnd } from "../challenger/commitments/substitution";
import type { FlipJob, FlipResult } from "./flip";
import type { RecordedRun } from "../challenger/commitments/recording";

/** One false claim: about which run of which assertion, and what. */
export interface Lie {
  /** Number of the run, given how many there are (the first, the middle, the last). */
  run(runs: number): number;
  seed: number;
  /** Whether to lie in the child of this parent; by default in the first that has a block. */
  mayLie?(start: Hex, inbox: InboxState): boolean;
  /** @returns the lie about the run, or null where this run offers nothing for it. */
  tell(context: LieContext): Promise<Substitution | null> | Substitution | null;
}

/** The run that is lied about, and what a liar can try. */
export interface LieContext {
  honest: RecordedRun;
  /** Output root that the assertion starts from. */
  parent: Hex;
  store: NodeStore;
  seed: number;
  /** Where the run would end with other answers; null where it would fail or end as before. */
  tryForgery(forgery: Substitution): ExecutedBlock | null;
  /** Looks for a bit of memory to flip. */
  flip(attempts: number): Promise<FlipResult>;
}

/** The lie that was told. */
export interface ToldLie {
  /** Output roots that its assertion starts from and ends with; null until the end is computed. */
  parent: Hex;
  end: Hex | null;
  start: Hex;
  inbox: InboxState;
  /** Number of the run in its assertion. */
  run: number;
  forgery: Substitution;
}

/**
 * The honest commitments with one patch: in one run the host answers otherwise, or memory changes by itself. All that follows is the
 * program's own work on it. Lies once.
 */
export class LyingSource extends Commitments {
  private readonly lie: Lie;
  private readonly box: { told: ToldLie | null };

  constructor(options: CommitmentOptions, lie: Lie) {
    const box: { told: ToldLie | null } = { told: null };
    super({ ...options, substitutionOf: (start) => (box.told?.start === start ? box.told.forgery : undefined) });
    this.lie = lie;
    this.box = box;
  }

  get told(): ToldLie | null {
    return this.box.told;
  }

  protected override async computeOutputs(start: Hex, inbox: InboxState): Promise<OutputCommitment> {
    const honest = await super.computeOutputs(start, inbox);
    const isIdle = honest.outputs[0] === start;
    if (this.told !== null || isIdle || this.lie.mayLie?.(start, inbox) === false) return honest;
    for (const run of this.runs(honest.outputs.length)) {
      const runStart = run === 0 ? start : honest.outputs[run - 1];
      const forgery = await this.lie.tell(this.contextAt(runStart, inbox, start));
      if (forgery === null) continue;
      const told: ToldLie = { parent: start, end: null, start: runStart, inbox, run, forgery };
      this.box.told = told;
      const lie = await super.computeOutputs(start, inbox);
      told.end = lie.outputs.at(-1)!;
      return lie;
    }
    return honest; // no run offers anything for it: another assertion's may
  }

  /** The run to lie about, and those nearest to it, in case it offers nothing (a block without transactions has no signature). */
  private runs(count: number): number[] {
    const chosen = this.lie.run(count);
    if (chosen >= 2 ** this.options.heights[0]) return [];
    const others = Array.from({ length: count }, (_, run) => run).filter((run) => run !== chosen);
    return [chosen, ...others.sort((a, b) => Math.abs(a - chosen) - Math.abs(b - chosen))];
  }

  /** On a false state data may be missing: the liar's chain ends there. */
  protected override runOnce(start: Hex, inbox: InboxState): RunEnd | null {
    try {
      return super.runOnce(start, inbox);
    } catch (error) {
      if (this.told !== null && isErrorCode(error, "preimage-missing")) return null;
      throw error;
    }
  }

  private contextAt(start: Hex, inbox: InboxState, parent: Hex): LieContext {
    const { store, pool } = this.options;
    const honest = this.record(start, inbox);
    const { block, witness } = honest;
    const { seed } = this.lie;
    return {
      honest,
      parent,
      store,
      seed,
      tryForgery: (forgery) => {
        try {
          const { block: forged } = this.record(start, inbox, forgery);
          return forged?.outputRoot === block?.outputRoot ? null : forged;
        } catch {
          return null; // it asked for data that nobody has
        }
      },
      flip: async (attempts) => {
        const machine = { id: `flip ${start}`, witness, patches: [] };
        const job: FlipJob = { kind: "flip", machine, seed, attempts };
        const found = (await pool.run(job)) as FlipResult;
        for (const data of found?.offered ?? []) store.put(keccak256(data), data);
        return found;
      },
    };
  }
}
