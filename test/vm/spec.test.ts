import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { isaTable } from "../../vm/build/isaTable";
import { ISA } from "../../vm/isa";

const PATH = join(__dirname, "..", "..", "docs", "spec", "04-vm.md");
const [BEGIN, END] = ["<!-- begin instructions -->\n\n", "\n\n<!-- end instructions -->"];

describe("docs/spec/04-vm.md", () => {
  it("has one row for each instruction, as the table in vm/isa.ts has it", () => {
    const text = readFileSync(PATH, "utf8");
    const [from, to] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
    expect(from).to.be.within(BEGIN.length, to);
    const table = isaTable();
    expect(table.split("\n").length).to.equal(ISA.length + 2);
    if (process.env.SOLVENT_UPDATE_SNAPSHOTS === "1") writeFileSync(PATH, text.slice(0, from) + table + text.slice(to));
    else expect(text.slice(from, to), "run the test with SOLVENT_UPDATE_SNAPSHOTS=1").to.equal(table);
  });
});
