import { createHash } from "node:crypto";
import type { Hex } from "../protocol/types";
import { OutputTree, type InboxState } from "../games/edges";
import { Commitments, type CommitmentOptions, type OutputCommitment } from "../challenger/commitments/commitments";

/** Which of the honest output roots are replaced, in the full list of them; the last one must stay, since L1 asks for its preimage. */
export type Spoil = (outputs: Hex[], seed: number) => Hex[];

/** Random roots that nobody can open, but for the last. */
export const spoilAll: Spoil = (outputs, seed) => [
  ...outputs.slice(0, -1).map((_, i) => randomHash(seed, i)),
  outputs.at(-1)!,
];

/** One root on the way is wrong: another history with the true end. */
export const spoilOne: Spoil = (outputs, seed) =>
  outputs.map((output, i) => (i === seed % (outputs.length - 1) ? randomHash(seed, 0) : output));

/** The honest party with output roots that no run leads to, in one assertion. */
export class GarbageSource extends Commitments {
  private readonly seed: number;
  private readonly spoil: Spoil;
  private readonly mayLie: (start: Hex, inbox: InboxState) => boolean;
  /** The assertion that was spoilt: its parent's output root, its inbox, the root of its history. */
  told: { parent: Hex; inbox: InboxState; root: Hex } | null = null;

  constructor(
    options: CommitmentOptions,
    seed: number,
    spoil: Spoil,
    mayLie: (start: Hex, inbox: InboxState) => boolean = () => true,
  ) {
    super(options);
    this.seed = seed;
    this.spoil = spoil;
    this.mayLie = mayLie;
  }

  protected override async computeOutputs(start: Hex, inbox: InboxState): Promise<OutputCommitment> {
    const honest = await super.computeOutputs(start, inbox);
    if (this.told !== null || honest.outputs[0] === start || !this.mayLie(start, inbox)) return honest;
    const [height] = this.options.heights;
    const { outputs: runs, last } = honest;
    const all = Array.from({ length: 2 ** height }, (_, i) => runs[Math.min(i, runs.length - 1)]);
    const outputs = this.spoil(all, this.seed);
    const tree = new OutputTree(height, outputs);
    this.told = { parent: start, inbox, root: tree.root };
    return { tree, outputs, last };
  }
}

/** A hash that a seed and a number give, and nothing else. */
export function randomHash(seed: number, index: number): Hex {
  return `0x${createHash("sha256").update(`${seed}/${index}`).digest("hex")}`;
}
