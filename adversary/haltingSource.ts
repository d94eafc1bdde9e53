import type { Hex } from "../protocol/types";
import type { HistoryTree, InboxState } from "../games/edges";
import { PatchedTree } from "../games/history/patchedTree";
import { fromHex, toHex } from "../protocol";
import { decodeRegisters, encodeRegisters, hashRegisters } from "../vm/commit/machineHash";
import { Status } from "../vm/types";
import type { CommitmentOptions, StrideCommitment } from "../challenger/commitments/commitments";
import { LyingSource, type Lie } from "./lyingSource";

/** A lie about a run's end; the machine is claimed to halt with it after `step` steps, or after as many as the seed says. */
export interface HaltingLie extends Lie {
  step?: bigint;
}

/** Claims that in one run the machine halts at one step with a forged output root, of which the program knows nothing. */
export class HaltingSource extends LyingSource {
  private readonly halting: HaltingLie;

  constructor(options: CommitmentOptions, lie: HaltingLie) {
    super(options, lie);
    this.halting = lie;
  }

  override async strides(start: Hex, inbox: InboxState): Promise<StrideCommitment> {
    const honest = await super.strides(start, inbox);
    if (this.told?.start !== start) return honest;
    const segment = Number(this.step(honest) >> BigInt(this.height(2)));
    const registers = this.forgedRegisters(honest);
    const forged = toHex(hashRegisters(registers));
    const tree = new PatchedTree(honest.tree, segment, 2 ** this.height(1), forged);
    return { ...honest, tree, lastRegisters: toHex(registers) };
  }

  override async steps(start: Hex, inbox: InboxState, segment: number): Promise<HistoryTree> {
    const honest = await super.steps(start, inbox, segment);
    if (this.told?.start !== start) return honest;
    const strides = await super.strides(start, inbox);
    const first = BigInt(segment) << BigInt(this.height(2));
    const step = this.step(strides);
    if (step >= first + (1n << BigInt(this.height(2)))) return honest;
    const from = step > first ? Number(step - first) : 0;
    return new PatchedTree(honest, from, 2 ** this.height(2), toHex(hashRegisters(this.forgedRegisters(strides))));
  }

  private height(level: number): number {
    return this.options.heights[level];
  }

  /** The first false leaf of level 2, counted over the whole run. */
  private step({ steps }: StrideCommitment): bigint {
    const { step, seed } = this.halting;
    if (step === undefined) return (BigInt(seed) * 2_654_435_761n) % steps;
    return step < steps ? step : steps - 1n;
  }

  private forgedRegisters(honest: StrideCommitment): Uint8Array {
    const { registers, memoryRoot } = decodeRegisters(fromHex(honest.lastRegisters));
    const output = fromHex(this.told!.forgery.end!.outputRoot);
    return encodeRegisters({ ...registers, status: Status.halted, output }, memoryRoot);
  }
}
