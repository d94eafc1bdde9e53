import { OutputTree } from "../../games/history/outputTree";
import type { Parent, RunHistory } from "../../games/edges/truth";
import type { OutputPreimage } from "../../games/edges/types";
import type { Hex } from "../../protocol/types";
import { emptyHost } from "../../vm/host";
import type { Program } from "../../vm/types";
import { toyOutput, toyOutputRoot } from "./toy/machine";
import { VmTruth } from "./vmTruth";

/** Height of level 0: the run in question, and one behind it. */
const RUNS_HEIGHT = 1;
/** What the run behind is claimed to give. */
const BEHIND: OutputPreimage = toyOutput(0);

/**
 * The histories of any program that asks the world for nothing but its input. The first run is the program's own. L1 wants to see what the
 * last output root of an assertion is made of, and a program that is no rollup gives 32 bytes of which nobody knows it: so a second
 * run stands behind the first, with an output root of a known preimage, and nobody disputes it, for rivals differ before.
 */
export class ProgramTruth extends VmTruth {
  private readonly runHistory: RunHistory;

  /** @param output - Of the first run, 32 bytes; zero for a trap. @param heights - Of the two levels within a run. */
  constructor(program: Program, output: Hex, heights: readonly [number, number]) {
    super(program, { host: emptyHost, preimageOf: () => BEHIND }, [RUNS_HEIGHT, ...heights]);
    this.runHistory = { tree: new OutputTree(RUNS_HEIGHT, [output, toyOutputRoot(BEHIND)]), output: BEHIND };
  }

  override runs(_parent: Parent): RunHistory {
    return this.runHistory;
  }
}
