import type { Hex } from "../../../protocol/types";
import { LazyTree } from "../../../games/history/lazyTree";
import { OutputTree } from "../../../games/history/outputTree";
import type { HistoryTree } from "../../../games/history/history";
import type { MachineHistory, Parent, RunHistory, Truth } from "../../../games/edges/truth";
import { futureOf } from "../../../games/truth";
import type { OutputPreimage } from "../../../games/edges/types";
import { ZERO_HASH } from "../../../protocol";
import {
  hashOf,
  registerBytes,
  registersAfter,
  settledAfter,
  toyOutput,
  toyOutputRoot,
  toyWitness,
  type ToyRules,
} from "./machine";

const ZERO_OUTPUT: OutputPreimage = { stateRoot: ZERO_HASH, messagePasserStorageRoot: ZERO_HASH, header: "0x" };

/** One run of the toy chain: the block it starts after (null: from the zero root), and both roots. */
interface Run {
  number: number | null;
  input: Hex;
  after: number | null;
}

/** The true histories of the toy chain, for trees of any height. */
export class ToyTruth implements Truth {
  private readonly numbers = new Map<Hex, number>();
  private readonly trees = new Map<string, unknown>();

  constructor(
    readonly rules: ToyRules,
    readonly heights: readonly [number, number, number],
  ) {}

  runs(parent: Parent): RunHistory {
    return this.once(futureOf(parent), () => {
      const ends = this.ends(parent);
      const tree = new OutputTree(this.heights[0], ends.slice(0, 2 ** this.heights[0]).map(rootAfter));
      return { tree, output: outputAfter(ends[Math.min(ends.length, 2 ** this.heights[0]) - 1]) };
    });
  }

  machines(parent: Parent, run: number): MachineHistory {
    return this.once(`${futureOf(parent)}/${run}`, () => {
      const stride = 2 ** this.heights[2];
      const { number, input } = this.run(parent, run);
      const at = (steps: number) => registersAfter(this.rules, number, parent.inbox, input, steps);
      const settled = Math.max(0, Math.ceil(settledAfter(this.rules, number) / stride) - 1);
      const tree = new LazyTree(this.heights[1], (leaf) => hashOf(at((leaf + 1) * stride)), settled);
      return { tree, start: hashOf(at(0)), last: registerBytes(at(stride * 2 ** this.heights[1])) };
    });
  }

  steps(parent: Parent, run: number, segment: number): HistoryTree {
    return this.once(`${futureOf(parent)}/${run}/${segment}`, () => {
      const first = segment * 2 ** this.heights[2];
      const { number, input } = this.run(parent, run);
      const leafAt = (leaf: number) =>
        hashOf(registersAfter(this.rules, number, parent.inbox, input, first + leaf + 1));
      const settled = Math.max(0, settledAfter(this.rules, number) - first - 1);
      return new LazyTree(this.heights[2], leafAt, settled);
    });
  }

  witness(parent: Parent, run: number, segment: number, step: number): Hex {
    const { number, input } = this.run(parent, run);
    const before = segment * 2 ** this.heights[2] + step;
    return toyWitness(registersAfter(this.rules, number, parent.inbox, input, before), number);
  }

  /** Whether it is the output root of one of the first blocks, or zero. */
  knows(outputRoot: Hex): boolean {
    return outputRoot === ZERO_HASH || Array.from({ length: 64 }, (_, n) => rootAfter(n)).includes(outputRoot);
  }

  /** The run number `run` after the parent. */
  private run(parent: Parent, run: number): Run {
    const ends = this.ends(parent);
    const end = ends[Math.min(run, ends.length - 1)];
    const number = run === 0 ? this.numberOf(parent.outputRoot) : ends[Math.min(run - 1, ends.length - 1)];
    return { number, input: number === null ? ZERO_HASH : toyOutputRoot(toyOutput(number)), after: end };
  }

  /** Blocks after run 0, 1, ... until it repeats; null: the zero root. */
  private ends(parent: Parent): (number | null)[] {
    return this.once(`ends ${futureOf(parent)}`, () => {
      const ends: (number | null)[] = [];
      let number = this.numberOf(parent.outputRoot);
      for (;;) {
        const next = number === null ? null : this.blockAfter(number, parent.inbox.batchCount);
        ends.push(next);
        if (next === number || ends.length > 4096) return ends;
        number = next;
      }
    });
  }

  private blockAfter(number: number, batchCount: number): number | null {
    const stops = this.rules.runSteps > 1 && (number === this.rules.trapAt || number === this.rules.spinAt);
    const fits = this.rules.runSteps <= 2 ** (this.heights[1] + this.heights[2]);
    if (stops || !fits) return null;
    return number < batchCount ? number + 1 : number;
  }

  private numberOf(root: Hex): number | null {
    if (root === ZERO_HASH) return null;
    for (let number = this.numbers.size; !this.numbers.has(root); number++) {
      if (number > 100_000) throw new Error("not an output root of the toy chain");
      this.numbers.set(toyOutputRoot(toyOutput(number)), number);
    }
    return this.numbers.get(root)!;
  }

  private once<T>(key: string, make: () => T): T {
    if (!this.trees.has(key)) this.trees.set(key, make());
    return this.trees.get(key) as T;
  }
}

function outputAfter(number: number | null): OutputPreimage {
  return number === null ? ZERO_OUTPUT : toyOutput(number);
}

function rootAfter(number: number | null): Hex {
  return toyOutputRoot(outputAfter(number));
}
