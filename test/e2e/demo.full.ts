import { spawnSync } from "node:child_process";
import { expect } from "chai";

/** The demo's events. @throws where its status is not 0. */
function told(...more: string[]): { event: string; l1Block?: number; backing?: number; lends?: boolean }[] {
  const args = ["--require", require.resolve("tsx/cjs"), "scripts/demo.ts", "--json", ...more];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(status, stderr).to.equal(0);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ReturnType<typeof told>[number]);
}

describe("e2e: npm run demo", function () {
  this.timeout(900_000);

  it("tells the whole story as events and ends with status 0", () => {
    const events = told();
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

  it("tells of an insolvent root: feed and market fall in the block that proves it, and rise in that of the verdict", () => {
    const events = told("--story", "solvency");
    const of = (name: string) => events.find(({ event }) => event === name)!;
    for (const name of ["held", "lie", "auditor", "fast-exit", "loan", "released", "audited", "done"])
      expect(events.map(({ event }) => event)).to.include(name);
    expect([of("before").backing, of("before").lends]).to.deep.equal([1, true]);
    expect([of("fallen").lends, of("fallen").l1Block]).to.deep.equal([false, of("before").l1Block! + 1]);
    expect(of("fallen").backing).to.be.lessThan(0.2);
    expect([of("before-verdict").lends, of("verdict").lends]).to.deep.equal([false, true]);
    expect(of("verdict").l1Block).to.equal(of("before-verdict").l1Block! + 1);
  });
});
