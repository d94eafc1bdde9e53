import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const CONTRACTS = join(__dirname, "..", "..", "contracts");

/** Line numbers of a Solidity source that call `require`. */
const requiresOf = (source: string): number[] =>
  source.split("\n").flatMap((line, i) => (/(^|[^\w.])require\s*\(/.test(line) ? [i + 1] : []));

describe("house: idioms", () => {
  it("guards in Solidity by `if (...) revert Error(...)` alone, and finds a planted `require`", () => {
    const files = readdirSync(CONTRACTS, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sol"));
    expect(files).not.to.be.empty;
    for (const file of files) expect(requiresOf(readFileSync(join(CONTRACTS, file), "utf8")), file).to.deep.equal([]);
    expect(requiresOf("a;\n  require(x, Bad());\nhistory.require(y);")).to.deep.equal([2]);
  });
});
