import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startDevnet, type RunningDevnet } from "../../devnet";
import { ACTORS, Soak } from "../bench/soak/run";
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
    const soak = new Soak(devnet, SOAK_SECONDS);
    const status = await soak.run().finally(() => console.log(table(soak)));
    for (const actor of ACTORS) {
      const [second, last] = [soak.held(actor, 1), soak.held(actor, 3)];
      expect(last.heapMiB, `${actor}: heap`).to.be.below(MOST_GROWTH * second.heapMiB + SLACK_MIB);
      expect(last.residentMiB, `${actor}: resident`).to.be.below(MOST_GROWTH * second.residentMiB + SLACK_MIB);
      expect(status.find(({ name }) => name === actor)).to.deep.include({ isRunning: true, problem: null });
    }
  });
});
