import type { Hex } from "../../node/chain/types";
import type { ExecutedBlock } from "../../node/engine/types";
import { OutputTree, type HistoryTree, type InboxState } from "../../node/game";
import { PatchedTree } from "../../node/game/patchedTree";
import { fromHex, toHex } from "../../node/protocol";
import { decodeRegisters, encodeRegisters, hashRegisters } from "../../vm/commit/machineHash";
import { Status } from "../../vm/types";
import {
  Commitments,
  outputPreimage,
  type CommitmentOptions,
  type OutputCommitment,
  type StrideCommitment,
} from "../commitments/commitments";
import type { HostCallName } from "../commitments/jobs";

/** Where in the run the lie is: at a step, at one that the seed chooses, or at a host call that the seed chooses. */
export type LieStep = { at: "step"; step: bigint } | { at: "seed" } | { at: "call"; call: HostCallName };

/** One false claim: which run of which assertion ends elsewhere, and at which of its steps. */
export interface Lie {
  /** Number of the run, given how many there are (the first, the middle, the last). */
  run(runs: number): number;
  /** The false twin of the block that this run made. */
  forge(block: ExecutedBlock): ExecutedBlock;
  /** The step after which the machine is claimed to have halted with the forged output. */
  step: LieStep;
  seed: number;
}

/**
 * The honest commitments with one patch: in one run the machine is claimed to halt at one step with a forged output root. The chain goes
 * on from the forged state by the program's own rules. Lies once, in the first assertion that has a block.
 */
export class LyingSource extends Commitments {
  readonly #options: CommitmentOptions;
  readonly #lie: Lie;
  /** The lie that was told: the run's start and the forged end. */
  told: { start: Hex; inbox: InboxState; run: number; forged: ExecutedBlock } | null = null;

  #callStep: Promise<bigint> | null = null;

  constructor(options: CommitmentOptions, lie: Lie) {
    super(options);
    this.#options = options;
    this.#lie = lie;
  }

  protected override async computeOutputs(start: Hex, inbox: InboxState): Promise<OutputCommitment> {
    if (this.told !== null) return super.computeOutputs(start, inbox);
    const honest = await super.computeOutputs(start, inbox);
    if (honest.outputs[0] === start) return honest;
    const run = this.#lie.run(honest.outputs.length);
    const runStart = run === 0 ? start : honest.outputs[run - 1];
    const block = (await this.runOnce(runStart, inbox))!;
    const forged = this.#lie.forge(block);
    this.told = { start: runStart, inbox, run, forged };
    const outputs = [...honest.outputs.slice(0, run), forged.outputRoot];
    let last = forged;
    for (;;) {
      const next = outputs.length < 2 ** this.#height(0) ? await this.runOnce(last.outputRoot, inbox) : null;
      if (next === null) break;
      outputs.push(next.outputRoot);
      last = next;
    }
    return { tree: new OutputTree(this.#height(0), outputs), outputs, last: outputPreimage(last) };
  }

  override async strides(start: Hex, inbox: InboxState): Promise<StrideCommitment> {
    const honest = await super.strides(start, inbox);
    if (!this.#isLie(start)) return honest;
    const segment = Number((await this.#step(honest, start, inbox)) >> BigInt(this.#height(2)));
    const registers = this.#forgedRegisters(honest);
    const forged = toHex(hashRegisters(registers));
    const tree = new PatchedTree(honest.tree, segment, 2 ** this.#height(1), forged);
    return { ...honest, tree, lastRegisters: toHex(registers) };
  }

  override async steps(start: Hex, inbox: InboxState, segment: number): Promise<HistoryTree> {
    const honest = await super.steps(start, inbox, segment);
    if (!this.#isLie(start)) return honest;
    const strides = await super.strides(start, inbox);
    const first = BigInt(segment) << BigInt(this.#height(2));
    const step = await this.#step(strides, start, inbox);
    if (step >= first + (1n << BigInt(this.#height(2)))) return honest;
    const from = step > first ? Number(step - first) : 0;
    return new PatchedTree(honest, from, 2 ** this.#height(2), toHex(hashRegisters(this.#forgedRegisters(strides))));
  }

  #height(level: number): number {
    return this.#options.heights[level];
  }

  #isLie(start: Hex): boolean {
    return this.told !== null && this.told.start === start;
  }

  /** The first false leaf of level 2, counted over the whole run. */
  async #step(honest: StrideCommitment, start: Hex, inbox: InboxState): Promise<bigint> {
    const { step, seed } = this.#lie;
    if (step.at === "step") return step.step < honest.steps ? step.step : honest.steps - 1n;
    if (step.at === "seed") return (BigInt(seed) * 2_654_435_761n) % honest.steps;
    this.#callStep ??= this.findCall(start, inbox, step.call, seed);
    return this.#callStep;
  }

  #forgedRegisters(honest: StrideCommitment): Uint8Array {
    const { registers, memoryRoot } = decodeRegisters(fromHex(honest.lastRegisters));
    return encodeRegisters(
      { ...registers, status: Status.halted, output: fromHex(this.told!.forged.outputRoot) },
      memoryRoot,
    );
  }
}
