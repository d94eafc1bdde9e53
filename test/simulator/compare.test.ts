import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { comparison, withComparison } from "../../simulator/lab/compare/compare";
import { InlinePool } from "../../simulator/lab/pool/pool";

const ROOT = join(__dirname, "..", "..");

describe("the comparison of the games", function () {
  this.timeout(60_000);
  const scratch = mkdtempSync(join(tmpdir(), "solvent-compare-"));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it("stands in docs/games.md as the command writes it: the rows of one and two liars", async () => {
    const docs = readFileSync(join(ROOT, "docs", "games.md"), "utf8").split("\n");
    const lines = (await comparison(new InlinePool(), scratch, { lies: [1, 2] })).split("\n");
    expect(lines.filter((line) => line.startsWith("| "))).to.have.length(4 * (1 + 8));
    for (const line of lines) expect(docs, line).to.include(line);
  });

  it("is refused, with the marks to put back, by a page without its place", () => {
    expect(() => withComparison("# Games", "tables")).to.throw(/<!-- end of comparison -->; put them back/);
  });
});
