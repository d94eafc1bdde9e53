import { expect } from "chai";
import {
  measureAnswerTime,
  RUNS_AT_ONCE,
  tooSlow,
  WORST_RUN_STEPS,
  type AnswerTime,
} from "../../challenger/answerTime";
import { MachinePool } from "../../challenger/commitments/pool";
import { standardRun } from "../../challenger/commitments/standardRun";
import { createGenesis } from "../../deployment";
import { defaultConfig } from "../../deployment/economics";
import { openProgram } from "../../node/engine";
import type { NodeStore, StateTransition } from "../../protocol/types";
import { MAX_STEPS } from "../../vm/runToEnd";

describe("The time of an answer", function () {
  this.timeout(120_000);
  const config = defaultConfig();
  const genesis = createGenesis(config, { tokenBridge: config.feeRecipient });
  const open = (nodes: NodeStore): { program: StateTransition } => ({ program: openProgram({ nodes }) });

  it("N1 is measured on a run of the real program that is as dear a gas as the dearest blocks, and shared by threads in whole runs", async () => {
    const pool = new MachinePool(1);
    try {
      const gas = 50_000n;
      const machine = { id: "one", witness: standardRun(open, genesis, gas), patches: [] };
      const less = await pool.run({ kind: "strides", machine, height1: 8, height2: 17 });
      const twice = { id: "two", witness: standardRun(open, genesis, 2n * gas), patches: [] };
      const more = await pool.run({ kind: "strides", machine: twice, height1: 8, height2: 17 });
      // 30 million gas of it come to nearly what the dearest block takes, and to no more.
      expect(Number(more.steps - less.steps) * (30_000_000 / Number(gas))).to.be.within(
        WORST_RUN_STEPS * 0.8,
        WORST_RUN_STEPS,
      );
      expect(WORST_RUN_STEPS).to.be.lessThan(Number(MAX_STEPS));
      const found = await measureAnswerTime(open, genesis, pool, 3, [3, 9, 17]);
      expect(found.worstSeconds).to.be.closeTo(WORST_RUN_STEPS / found.stepsASecond + found.stretchSeconds, 1e-6);
      expect(found.worstAtOnceSeconds).to.be.closeTo(found.worstSeconds * Math.ceil(RUNS_AT_ONCE / 3), 1e-6);
    } finally {
      await pool.close();
    }
  });

  it("N1 is warned of above the response time, not at it, and one run from ten", () => {
    const found = (worstSeconds: number, worstAtOnceSeconds: number): AnswerTime => ({
      ...{ stepsASecond: 1e8, stretchSeconds: 1, worstSeconds, worstAtOnceSeconds },
    });
    expect(tooSlow(found(60, 600), 600)).to.equal(null);
    expect(tooSlow(found(60, 600.5), 600)).to.match(/in 60 s, 10 of them in 601 s, .* 600 s, too short for 10 runs/);
    expect(tooSlow(found(600, 6_000), 600)).to.match(/too short for 10 runs/);
    expect(tooSlow(found(600.5, 6_005), 600)).to.match(
      /too short for one disputed run: give the challenger more `workers`/,
    );
  });
});
