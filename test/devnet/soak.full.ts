import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { RunningDevnet } from "../../devnet";
import { Soak, startCollectable } from "../bench/soak/run";
import { SOAK_SECONDS, table } from "../bench/soak";

describe("devnet: a long life", function () {
  this.timeout((SOAK_SECONDS + 900) * 1_000);
  let folder: string;
  let devnet: RunningDevnet;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-soak-"));
    devnet = await startCollectable(folder);
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
    const flaws = await soak.run().finally(() => console.log(table(soak)));
    expect(flaws).to.deep.equal([]);
  });
});
