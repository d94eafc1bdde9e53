import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const FOLDER = join(__dirname, "..", "..", "docs", "adr");

describe("docs/adr", () => {
  const files = readdirSync(FOLDER).sort();

  it("numbers each decision once, without a gap", () => {
    const numbers = files.map((file) => Number(file.slice(0, 4)));
    expect(numbers).to.deep.equal(numbers.map((_, i) => i + 1));
  });

  it("begins each with its title", () => {
    for (const file of files) expect(readFileSync(join(FOLDER, file), "utf8"), file).to.match(/^# \S/);
  });
});
