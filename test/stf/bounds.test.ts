import { expect } from "chai";
import { CodeRunner } from "../conformance/eest/runCode";
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

const ALL_GAS = 1n << 24n;

/** Code that spends all gas on one thing, over and over. */
const FLOODS: Readonly<Record<string, () => Assembler>> = {
  "transient slots": () => repeat((code) => code.op(0x5a, 0x5a, 0x5d), 7000),
  "storage slots": () => repeat((code) => code.op(0x5a, 0x5a, 0x55), 100),
  "slots read cold": () => repeat((code) => code.op(0x5a, 0x54, 0x50), 100),
  "accounts read cold": () => repeat((code) => code.op(0x5a, 0x31, 0x50), 100),
  "beneficiaries paid to": () =>
    repeat((code) => {
      // Creates a contract with a wei whose initcode destructs itself in favour of a new address.
      code.op(0x5a).push(0xff).push(8).op(0x1b, 0x17).push(0x60).push(24).op(0x1b, 0x17);
      return code.op(0x5f, 0x52).push(4).push(28).op(0x5f, 0xf0, 0x50);
    }, 50),
  "logs of much data": () => repeat((code) => code.push(100_000).op(0x5f, 0xa0), 50),
  "logs without data": () => repeat((code) => code.op(0x5f, 0x5f, 0xa0), 2000),
  "logs of four topics": () => repeat((code) => code.op(0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0xa4), 1000),
  "one memory as large as gas allows": () => new Assembler().push(2_930_000).op(0x51).push(2_930_000).op(0x5f, 0xa0),
  "sha256 of much": () => repeat((code) => code.op(0x5f, 0x5f).push(200_000).op(0x5f).push(2).op(0x5a, 0xfa, 0x50), 20),
  "pairings of much": () =>
    repeat(
      (code) =>
        code
          .op(0x5f, 0x5f)
          .push(192 * 200)
          .op(0x5f)
          .push(8)
          .op(0x5a, 0xfa, 0x50),
      3,
    ),
};

/** Code that goes as deep as depth or gas allow; each caller keeps its share. */
const DESCENTS: Readonly<Record<string, () => Assembler>> = {
  "memory in ever deeper calls": () => deeper((code) => code.push(60_000).op(0x51, 0x50)),
  "stacks in ever deeper calls": () => deeper((code) => code.op(...Array<number>(1000).fill(0x5f))),
  "nothing in ever deeper calls": () => deeper((code) => code),
  "initcode of 49,152 bytes in ever deeper creations": () => {
    const initcode = new Assembler();
    initcode.push(49_152).op(0x5f, 0x5f, 0x39).push(49_152).op(0x5f, 0x5f, 0xf0, 0x00);
    const padded = new Uint8Array(49_152).fill(0x5b);
    padded.set(initcode.bytes());
    return new Assembler().push(padded.length).pushData(padded).op(0x5f, 0x39).push(49_152).op(0x5f, 0x5f, 0xf0);
  },
  "returned data as large as gas allows": () => {
    const code = new Assembler();
    const inner = code.label();
    code.op(0x36).pushLabel(inner).op(0x57);
    code.op(0x5f, 0x5f).push(1).op(0x5f, 0x5f, 0x30, 0x5a, 0xf1);
    code.op(0x3d, 0x5f, 0x5f, 0x3e, 0x00);
    return code.place(inner).push(2_000_000).op(0x5f, 0xf3);
  },
};

/** The piece, many times, in an endless loop. */
function repeat(piece: (code: Assembler) => Assembler, times: number): Assembler {
  const code = new Assembler();
  const loop = code.label();
  code.place(loop);
  for (let i = 0; i < times; i++) piece(code);
  return code.pushLabel(loop).op(0x56);
}

/** The piece, then a call of itself with all gas. */
function deeper(piece: (code: Assembler) => Assembler): Assembler {
  return piece(new Assembler()).op(0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x30, 0x5a, 0xf1);
}

describe("bounds of a block's memory", () => {
  for (const [name, code] of Object.entries(FLOODS)) {
    it(`holds ${name}`, async function () {
      this.timeout(60_000);
      const { gasUsed } = await new CodeRunner().run(Buffer.from(code().bytes()).toString("hex"));
      expect(gasUsed).to.equal(ALL_GAS);
    });
  }

  for (const [name, code] of Object.entries(DESCENTS)) {
    it(`holds ${name}`, async function () {
      this.timeout(60_000);
      const { gasUsed } = await new CodeRunner().run(Buffer.from(code().bytes()).toString("hex"));
      expect(gasUsed > 50_000n).to.equal(true);
    });
  }

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
