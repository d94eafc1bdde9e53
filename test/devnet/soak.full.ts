import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startDevnet, type RunningDevnet } from "../../devnet";
import { ACTORS, held, soak } from "../bench/soak/run";
import { SOAK_SECONDS, table } from "../bench/soak";

/** What is held in the last quarter, by what was held in the second: by then every cache has what it may have. The chain's own index grows. */
const [MOST_GROWTH, SLACK_MIB] = [1.25, 16];

describe("devnet: a long life", function () {
  this.timeout((SOAK_SECONDS + 900) * 1_000);
  let folder: string;
  let devnet: RunningDevnet;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-soak-"));
    devnet = await startDevnet({ logLevel: "info", dataDir: folder });
  });
  after(async function () {
    await devnet[Symbol.asyncDispose]();
    // What a failure left is looked at.
    if (this.test?.parent?.tests.some(({ state }) => state === "failed") === true)
      console.log(`      logs are kept in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  });

  it(`holds no more memory at the end of ${SOAK_SECONDS} s of mixed load, liars, reorgs of L1, time travel and snapshots`, async () => {
    const soaked = await soak(devnet, SOAK_SECONDS);
    console.log(table(soaked));
    for (const actor of ACTORS) {
      const [second, last] = [held(soaked, actor, 1), held(soaked, actor, 3)];
      expect(last.heapMiB, `${actor}: heap`).to.be.below(MOST_GROWTH * second.heapMiB + SLACK_MIB);
      expect(last.residentMiB, `${actor}: resident`).to.be.below(MOST_GROWTH * second.residentMiB + SLACK_MIB);
      expect(soaked.status.find(({ name }) => name === actor)).to.deep.include({ isRunning: true, problem: null });
    }
  });
});
