import type { ClaimsMove, ClaimTree } from "../../../games/claims";
import { answerTo, ROOT } from "../../../games/claims/position";
import type { Parent } from "../../../games/truth";
import type { Hex } from "../../../protocol/types";
import { ZERO_ADDRESS, ZERO_HASH, concatBytes, keccak256, toHex, word } from "../../../protocol";
import { ClaimsGame } from "../../../simulator/lab/games/claims/model";
import type { Commitment } from "../../../simulator/lab/games/history";
import type { Move } from "../../../simulator/lab/games/game";
import type { Random } from "../../../simulator/random";
import {
  hashOf,
  registerBytes,
  registersAfter,
  startRegisters,
  toyOutput,
  toyOutputRoot,
  type ToyRegisters,
} from "../../../simulator/truths/toy/machine";
import type { ClaimsSetup } from "./table";

export const SETUP: ClaimsSetup = { heights: [2, 1, 1], rules: { runSteps: 3 }, batches: 5 };
export const SPLIT = 2;
export const BOTTOM = 5;

/** What a claim below the split is about. */
interface About {
  run: number;
  disputed: number;
  isEndTrue: boolean;
}

/** A model's labels as the hashes of the toy chain that they stand for: equal exactly where the labels are. */
export class Labels {
  /** Of the model's claims, as generalised indices. */
  readonly positions: number[] = [ROOT];

  constructor(
    readonly parent: Parent,
    readonly model: ClaimsGame,
  ) {}

  /** To be told of each move that the model took. */
  note({ kind, on }: Move): void {
    if (kind === "attack" || kind === "defend") this.positions.push(answerTo(this.positions[on[0]], kind === "attack"));
  }

  /** Block whose output root an output label stands for. Behind all batches every run idles, so that no run leads from lie to lie. */
  output(label: number, leaf: number): number {
    return label === 0 ? leaf + 1 : 1000 * label + 3 * leaf + 10;
  }

  outputRoot(label: number, leaf: number): Hex {
    return toyOutputRoot(toyOutput(this.output(label, leaf)));
  }

  /** Value of an answer to claim `parent` with that label, and the registers that a run's end must show. */
  answer({ kind, on: [parent, depth, index, label] }: Move): { value: Hex; last: Hex } {
    const isAttack = kind === "attack";
    const leaf = (index + 1) * 2 ** ((depth > SPLIT ? BOTTOM : SPLIT) - depth) - 1;
    if (depth <= SPLIT) return { value: this.outputRoot(label, leaf), last: "0x" };
    const machine = this.machine(parent, this.aboutOf(parent, isAttack), label, leaf);
    return { value: hashOf(machine), last: depth === SPLIT + 1 ? registerBytes(machine) : "0x" };
  }

  valueOf(index: number): Hex {
    const { depth, index: within, label, parent } = this.model.claims[index];
    if (index === 0) return this.outputRoot(label, 2 ** SPLIT - 1);
    const kind = this.positions[index] === 2 * this.positions[parent] ? "attack" : "defend";
    return this.answer({ kind, key: "", on: [parent, depth, within, label] }).value;
  }

  /** Block that a run starts from, as the claim on the path says. */
  startOf(claim: number, run: number): number {
    return run === 0 ? 0 : this.output(this.model.claims[this.outputClaim(claim, run - 1)].label, run - 1);
  }

  /** The model's claims as a replica would hold them. */
  tree(claimants: readonly Hex[], start: number): ClaimTree {
    const { claims, parameters } = this.model;
    const inherited = (parent: number): number => (parent < 0 ? 0 : claims[parent].clock);
    const stampOf = ({ deadline, parent }: (typeof claims)[number]): number =>
      deadline - parameters.maxClockSeconds + inherited(parent);
    const origin = { above: this.parent.id, start: this.parent.outputRoot, inbox: ZERO_HASH };
    const outputRoot = this.valueOf(0);
    const ids = { id: outputRoot, parent: this.parent.id, index: 0, game: ZERO_ADDRESS as Hex, root: outputRoot };
    return {
      assertion: { ...ids, outputRoot, l2BlockNumber: 0, origin, childInbox: this.parent.inbox },
      isConfirmed: false,
      claims: claims.map((claim, index) => ({
        ...{ value: this.valueOf(index), position: this.positions[index], parent: Math.max(0, claim.parent) },
        ...{ claimant: claimants[claim.by], stamp: stampOf(claim) + start, used: claim.clock, answers: claim.children },
        ...{ isResolved: claim.resolved, isStepped: claim.depth === BOTTOM && claim.counteredBy >= 0, payee: null },
      })),
    };
  }

  /** A machine after `leaf + 1` steps of a run, as the label has it; of lies only the end matters, and that no two are alike. */
  private machine(parent: number, { run, disputed, isEndTrue }: About, label: number, leaf: number): ToyRegisters {
    const { inbox } = this.parent;
    const from = this.startOf(parent, run);
    if (label === 0) return registersAfter(SETUP.rules, from, inbox, toyOutputRoot(toyOutput(from)), leaf + 1);
    const end = this.outputRoot(this.model.claims[disputed].label, run);
    const input = toHex(keccak256(concatBytes(word(label), word(leaf), word(disputed))));
    return { ...startRegisters(input, inbox), status: "halted", output: isEndTrue ? input : end };
  }

  private aboutOf(parent: number, isAttack: boolean): About {
    const claim = this.model.claims[parent];
    if (claim.depth !== SPLIT) return claim.about;
    const run = isAttack ? claim.index : claim.index + 1;
    const disputed = this.outputClaim(parent, run);
    const before = run === 0 ? 0 : this.model.claims[this.outputClaim(parent, run - 1)].label;
    return { run, disputed, isEndTrue: before === 0 && this.model.claims[disputed].label === 0 };
  }

  private outputClaim(claim: number, leaf: number): number {
    for (let at = claim; ; at = this.model.claims[at].parent) {
      const { depth, index } = this.model.claims[at];
      if (depth <= SPLIT && (index + 1) * 2 ** (SPLIT - depth) - 1 === leaf) return at;
      if (at === 0) throw new Error("no such claim on the path");
    }
  }
}

/** An answer or a step in words that the model's book and the player's plan share. */
export function wordsOf(move: ClaimsMove): string {
  if (move.kind === "attack" || move.kind === "defend") return `${move.kind} ${move.parent} ${move.value}`;
  return move.kind === "step" ? `step ${move.index}` : move.kind;
}

/** Moves of that party which the rules may or may not allow. */
export function wildMoves(model: ClaimsGame, random: Random, mine: Commitment): Move[] {
  const index = random.below(model.claims.length);
  const wild = model as unknown as { moveOn(id: number, isAttack: boolean, mine: Commitment): Move };
  const moves: Move[] = [
    { kind: "resolveClaim", key: `resolve ${index}`, on: [index] },
    { kind: "step", key: `step ${index}`, on: [index, random.below(2)] },
  ];
  const { depth, index: within } = model.claims[index];
  const isLast = within === 2 ** (depth > SPLIT ? depth - SPLIT - 1 : depth) - 1;
  if (depth < BOTTOM) moves.push(wild.moveOn(index, isLast || random.below(2) === 0, mine));
  return moves;
}
