import { createHash } from "node:crypto";
import type { Hex } from "../../node/chain/types";
import { OutputTree, type InboxState } from "../../node/game";
import { Commitments, type CommitmentOptions, type OutputCommitment } from "../commitments/commitments";

/** Asserts output roots that nobody can open: only the last one is real, since L1 asks for its preimage. */
export class GarbageSource extends Commitments {
  readonly #options: CommitmentOptions;
  readonly #seed: number;

  constructor(options: CommitmentOptions, seed: number) {
    super(options);
    this.#options = options;
    this.#seed = seed;
  }

  protected override async computeOutputs(start: Hex, inbox: InboxState): Promise<OutputCommitment> {
    const honest = await super.computeOutputs(start, inbox);
    const [height] = this.#options.heights;
    const garbage = Array.from({ length: 2 ** height - 1 }, (_, i) => randomHash(this.#seed, i));
    const outputs = [...garbage, honest.outputs.at(-1)!];
    return { tree: new OutputTree(height, outputs), outputs, last: honest.last };
  }
}

/** The honest history with one output root in the middle replaced: wrong on the way, right at the end. */
export class CopiedHistorySource extends Commitments {
  readonly #options: CommitmentOptions;
  readonly #seed: number;

  constructor(options: CommitmentOptions, seed: number) {
    super(options);
    this.#options = options;
    this.#seed = seed;
  }

  protected override async computeOutputs(start: Hex, inbox: InboxState): Promise<OutputCommitment> {
    const honest = await super.computeOutputs(start, inbox);
    const [height] = this.#options.heights;
    const outputs = Array.from(
      { length: 2 ** height },
      (_, i) => honest.outputs[Math.min(i, honest.outputs.length - 1)],
    );
    outputs[this.#seed % (outputs.length - 1)] = randomHash(this.#seed, 0);
    return { tree: new OutputTree(height, outputs), outputs, last: honest.last };
  }
}

function randomHash(seed: number, index: number): Hex {
  return `0x${createHash("sha256").update(`${seed}/${index}`).digest("hex")}`;
}
