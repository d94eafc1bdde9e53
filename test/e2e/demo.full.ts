import { spawnSync } from "node:child_process";
import { expect } from "chai";

describe("e2e: npm run demo", function () {
  this.timeout(600_000);

  it("tells the whole story as events and ends with status 0", () => {
    const args = ["--require", require.resolve("tsx/cjs"), "scripts/demo.ts", "--json"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status, stderr).to.equal(0);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; verdictSeconds?: number });
    const names = events.map(({ event }) => event);
    for (const name of [
      "deposit",
      "deposit-token",
      "swap",
      "lie",
      "source",
      "verdict",
      "slashed",
      "paid",
      "books",
      "done",
    ])
      expect(names).to.include(name);
    expect(events.filter(({ event }) => event === "figures")).to.have.length(2);
  });
});
