import type { Hex } from "../protocol/types";
import type { HistoryTree } from "../games/history/history";
import { futureOf, type MachineHistory, type Parent, type RunHistory, type Truth, type TruthKey } from "../games/truth";
import type { ExplainResult } from "./commitments/jobs";
import type { CommitmentSource, OutputCommitment } from "./commitments/commitments";
import { Recent } from "./commitments/recent";

/** One step of a dispute, and where it stands in the program's source. */
export interface DisputedStep extends ExplainResult {
  /** Block of the assertion, stretch of steps, step in it. */
  run: number;
  segment: number;
  step: number;
  /** Counted from the beginning of the block, decimal. */
  atStep: string;
}

/**
 * What this party holds for true, filled in the background: the player asks synchronously, names what is missing, and goes on
 * with the rest. Everything comes from a `CommitmentSource`, an honest or a lying one.
 */
export class BackgroundTruth implements Truth {
  private readonly source: CommitmentSource;
  private readonly heights: readonly [number, number, number];
  /** By the parent's future, as are the others, with numbers behind it. */
  private readonly outputs = new Recent<OutputCommitment>();
  private readonly machineHistories = new Recent<MachineHistory>();
  private readonly stepHistories = new Recent<HistoryTree>();
  private readonly witnesses = new Recent<Hex>();
  private readonly running = new Set<string>();
  /** Told of each step that is going to L1, in words. */
  onStep: (step: DisputedStep) => void = () => {};
  /** Why the last computation failed, in words; null when none did. */
  problem: string | null = null;
  /** Called whenever something that was missing is there. */
  onChange: () => void = () => {};

  constructor(source: CommitmentSource, heights: readonly [number, number, number]) {
    this.source = source;
    this.heights = heights;
  }

  /** Whether something is being computed. */
  get isBusy(): boolean {
    return this.running.size > 0;
  }

  runs(parent: Parent): RunHistory | undefined {
    const found = this.outputs.get(futureOf(parent));
    return found && { tree: found.tree, output: found.last };
  }

  machines(parent: Parent, run: number): MachineHistory | undefined {
    return this.machineHistories.get(`${futureOf(parent)}/${run}`);
  }

  steps(parent: Parent, run: number, segment: number): HistoryTree | undefined {
    return this.stepHistories.get(`${futureOf(parent)}/${run}/${segment}`);
  }

  witness(parent: Parent, run: number, segment: number, step: number): Hex | undefined {
    return this.witnesses.get(`${futureOf(parent)}/${run}/${segment}/${step}`);
  }

  /** Begins to compute what a plan misses; what failed before is tried again. */
  fill(missing: readonly TruthKey[]): void {
    for (const key of missing) this.start(key);
  }

  private start(key: TruthKey): void {
    const { parent, run, segment, step } = key;
    const name = [futureOf(parent), run, segment, step].filter((part) => part !== undefined).join("/");
    if (this.running.has(name)) return;
    this.running.add(name);
    const computing = this.compute(key, name).finally(() => this.running.delete(name));
    computing.then(
      () => {
        this.problem = null;
        this.onChange();
      },
      (error: Error) => (this.problem = error.message),
    );
  }

  private async compute({ parent, run, segment, step }: TruthKey, name: string): Promise<void> {
    const { inbox } = parent;
    if (run === undefined) {
      this.outputs.set(name, await this.source.outputs(parent.outputRoot, inbox));
      return;
    }
    const start = await this.startOf(parent, run);
    if (segment === undefined) {
      const { tree, start: machine, lastRegisters } = await this.source.strides(start, inbox);
      this.machineHistories.set(name, { tree, start: machine, last: lastRegisters });
    } else if (step === undefined) this.stepHistories.set(name, await this.source.steps(start, inbox, segment));
    else {
      const at = (BigInt(segment) << BigInt(this.heights[2])) + BigInt(step);
      this.witnesses.set(name, await this.source.witness(start, inbox, at));
      // The answer does not wait for words about it.
      this.source.explain(start, inbox, at).then(
        (explained) => this.onStep({ run, segment, step, atStep: String(at), ...explained }),
        () => {},
      );
    }
  }

  /** Output root that run number `run` of the parent's child starts from. */
  async startOf(parent: Parent, run: number): Promise<Hex> {
    if (run === 0) return parent.outputRoot;
    const known = this.outputs.get(futureOf(parent));
    const { outputs } = known ?? (await this.source.outputs(parent.outputRoot, parent.inbox));
    return outputs[Math.min(run, outputs.length) - 1];
  }
}
