import { expect } from "chai";
import { findListedTests, readChecklist } from "../support/checklist";

const HINT = "write the lists again: npx tsx test/tools/checklist.ts";

describe("docs/checklist.md", () => {
  it("has every id once, with a test or with the reason why the design needs none", () => {
    const entries = readChecklist();
    const ids = entries.map(({ id }) => id).sort();
    expect(new Set(ids).size).to.equal(ids.length);
    const all = Array.from({ length: 65 }, (_, i) => `V${String(i + 1).padStart(2, "0")}`);
    expect(ids, "those of 2026 come in one by one").to.include.members(all);
    const bare = entries.filter(({ tests, hasReason }) => tests.length === 0 && !hasReason).map(({ id }) => id);
    expect(bare, HINT).to.deep.equal([]);
  });

  it("names only tests that exist, by titles that begin with the id", () => {
    const found = findListedTests();
    const missing: string[] = [];
    for (const { id, tests } of readChecklist()) {
      for (const { file, title } of tests) {
        const exists = found.get(id)?.some((test) => test.file === file && test.title === title);
        if (exists !== true) missing.push(`${id} ${file}: ${title}`);
      }
    }
    expect(missing, HINT).to.deep.equal([]);
  });
});
