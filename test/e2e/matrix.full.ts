import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { GAMES } from "../../deployment";
import { DATA_CHOICES, SEQUENCING_MODES } from "../../devnet/options";

/** What every run has to tell: money in, two lies, a verdict on each by L1 itself, money out, books that balance. */
const TOLD = { deposit: 1, lie: 2, verdict: 2, slashed: 2, paid: 1, books: 1, done: 1 };

/** The demo in every configuration that there is, by its own flags. */
describe("e2e: every combination of game, data and sequencing", function () {
  this.timeout(900_000);

  for (const game of GAMES)
    for (const data of DATA_CHOICES)
      for (const sequencing of SEQUENCING_MODES)
        it(`${game}, ${data}, ${sequencing}: takes money in, beats two lies, pays out`, () => {
          const flags = ["--json", "--game", game, "--data", data, "--sequencing", sequencing];
          const args = ["--require", require.resolve("tsx/cjs"), "scripts/demo.ts", ...flags];
          const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
          expect(status, stderr).to.equal(0);
          const events = stdout.trim().split("\n");
          const names = events.map((line) => (JSON.parse(line) as { event: string }).event);
          for (const [name, count] of Object.entries(TOLD))
            expect(names.filter((one) => one === name).length, name).to.be.at.least(count);
        });
});
