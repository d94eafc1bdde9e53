import { readFileSync } from "node:fs";
import { expect } from "chai";
import { OPCODES_FILE, opcodesLibrary } from "../../vm/build/opcodes";

describe("contracts/vm/Opcodes.sol", () => {
  it("is what vm/isa.ts says; else run `npx tsx vm/build/opcodes.ts`", () => {
    expect(readFileSync(OPCODES_FILE, "utf8")).to.equal(opcodesLibrary());
  });
});
