import type { Hex } from "../../protocol/types";
import type { HistoryTree } from "../../games/history/history";
import { PatchedTree } from "../../games/history/patchedTree";
import type { MachineHistory, Parent, RunHistory, Truth } from "../../games/edges/truth";
import { futureOf } from "../../games/truth";
import { concatBytes, fromHex, keccak256, toHex, word } from "../../protocol";
import { falseOutput, hashOf, registerBytes, startRegisters, toyOutputRoot, type ToyRegisters } from "./toy/machine";
import type { ToyTruth } from "./toy/truth";

/** Where the liar departs from the truth; leaves of each level, from 0. */
export interface Lie {
  /** First run whose output root is false; all later ones are, too. */
  run: number;
  /** First machine of that run that is false. */
  machine: number;
  /** First step of that segment that is false. */
  step: number;
  /** Makes lies at one place differ. */
  salt: number;
  /** The output roots are false in `[run, until)` only: a wrong history with the right end. */
  until?: number;
}

/**
 * The honest histories with one patch: from one step of one run on, everything is invented. Played by the honest player's own
 * code; only it never finds a witness for the first false step.
 */
export class LyingTruth implements Truth {
  private readonly once = memo();

  constructor(
    private readonly truth: ToyTruth,
    private readonly lie: Lie,
  ) {}

  runs(parent: Parent): RunHistory {
    return this.once(futureOf(parent), () => this.liedRuns(parent));
  }

  machines(parent: Parent, run: number): MachineHistory {
    return this.once(`${futureOf(parent)}/${run}`, () => this.liedMachines(parent, run));
  }

  steps(parent: Parent, run: number, segment: number): HistoryTree {
    return this.once(`${futureOf(parent)}/${run}/${segment}`, () => this.liedSteps(parent, run, segment));
  }

  witness(parent: Parent, run: number, segment: number, step: number): Hex | undefined {
    const mine = this.steps(parent, run, segment).leaf(step);
    if (mine !== this.truth.steps(parent, run, segment).leaf(step)) return undefined;
    return this.truth.witness(parent, run, segment, step);
  }

  private liedRuns(parent: Parent): RunHistory {
    const { tree, output } = this.truth.runs(parent);
    const end = this.lie.until ?? 2 ** tree.height;
    const lie = falseOutput(1, this.lie.salt);
    const patched = new PatchedTree(tree, this.lie.run, end, toyOutputRoot(lie));
    return { tree: patched, output: end === 2 ** tree.height ? lie : output };
  }

  private liedMachines(parent: Parent, run: number): MachineHistory {
    const history = this.truth.machines(parent, run);
    const claimed = this.runs(parent).tree.leaf(run);
    if (claimed === this.truth.runs(parent).tree.leaf(run)) return history;
    const { hash, bytes } = fakeMachine(parent, claimed);
    const tree = new PatchedTree(history.tree, this.lie.machine, 2 ** history.tree.height, hash);
    return { ...history, tree, last: bytes };
  }

  private liedSteps(parent: Parent, run: number, segment: number): HistoryTree {
    const tree = this.truth.steps(parent, run, segment);
    const claimed = this.machines(parent, run).tree.leaf(segment);
    if (claimed === this.truth.machines(parent, run).tree.leaf(segment)) return tree;
    return new PatchedTree(tree, this.lie.step, 2 ** tree.height, claimed);
  }
}

/** A machine that never ran: it claims to have halted with this output. */
export function fakeMachine(parent: Parent, output: Hex, salt = 0): { hash: Hex; bytes: Hex } {
  const input = toHex(keccak256(concatBytes(fromHex(output), word(salt))));
  const registers = { ...startRegisters(input, parent.inbox), status: "halted" as const, output };
  const hash = hashOf(registers);
  fakes.set(hash, registers);
  return { hash, bytes: registerBytes(registers) };
}

const fakes = new Map<Hex, ToyRegisters>();

/** The registers behind the hash of a fake machine. */
export function fakeRegisters(hash: Hex): ToyRegisters | undefined {
  return fakes.get(hash);
}

/** Answers each question once: the same question gets the same answer, and the same object. */
export function memo(): <T>(key: string, make: () => T) => T {
  const answers = new Map<string, unknown>();
  return <T>(key: string, make: () => T): T => {
    if (!answers.has(key)) answers.set(key, make());
    return answers.get(key) as T;
  };
}

/** A root that nobody knows a tree for. */
export function garbage(salt: number): Hex {
  return toHex(keccak256(word(salt)));
}
