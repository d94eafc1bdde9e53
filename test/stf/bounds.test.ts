import { expect } from "chai";
import { CodeRunner } from "../../scripts/conformance/eest/runCode";
import { Assembler } from "../differential/support/assembler";

/** What the inner call does with the counter on its stack: it never has the gas for it. */
const PROBES: Readonly<Record<string, (code: Assembler) => Assembler>> = {
  BALANCE: (code) => code.op(0x31),
  EXTCODESIZE: (code) => code.op(0x3b),
  EXTCODECOPY: (code) => code.op(0x5f, 0x5f, 0x5f, 0x83, 0x3c),
  EXTCODEHASH: (code) => code.op(0x3f),
  SLOAD: (code) => code.op(0x54),
  CALL: (code) => code.op(0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x85, 0x5f, 0xf1),
  STATICCALL: (code) => code.op(0x5f, 0x5f, 0x5f, 0x5f, 0x84, 0x5f, 0xfa),
  SELFDESTRUCT: (code) => code.op(0xff),
};

describe("bounds of a block's memory", () => {
  for (const [name, probe] of Object.entries(PROBES)) {
    it(`holds ${name} of ever new places by calls that cannot pay for it`, async function () {
      this.timeout(60_000);
      const runner = new CodeRunner();
      const code = new Assembler();
      const inner = code.label();
      const loop = code.label();
      code.op(0x36).pushLabel(inner).op(0x57);
      // Counts up in memory and calls itself with the count and next to no gas, until the gas is gone: some 80,000 times.
      code.place(loop).op(0x5f, 0x51).push(1).op(0x01, 0x5f, 0x52);
      code.op(0x5f, 0x5f).push(32).op(0x5f, 0x5f, 0x30).push(64).op(0xf1, 0x50);
      code.pushLabel(loop).op(0x56);
      probe(code.place(inner).op(0x5f, 0x35).push(1).push(200).op(0x1b, 0x01));
      expect(await runner.logsOf(Buffer.from(code.bytes()).toString("hex"))).to.deep.equal([]);
    });
  }
});
