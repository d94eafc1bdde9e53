import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { globSync } from "../support/glob";
import { CodeRunner } from "./eest/runCode";
import type { ConformanceTally } from "./main";

type Vector = { X: string; Y: string; Expected: string };

/** Opcodes by file name: `testcases_NAME.json`. */
const OPCODES: Readonly<Record<string, string>> = {
  add: "01",
  mul: "02",
  sub: "03",
  div: "04",
  sdiv: "05",
  mod: "06",
  smod: "07",
  exp: "0a",
  signext: "0b",
  lt: "10",
  gt: "11",
  slt: "12",
  sgt: "13",
  eq: "14",
  and: "16",
  or: "17",
  xor: "18",
  byte: "1a",
  shl: "1b",
  shr: "1c",
  sar: "1d",
};

/** `npm run conformance -- opcodes DIR`: geth's vectors, each as code that logs its result, a file in one transaction. */
export async function run([folder]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- opcodes DIR");
  const runner = new CodeRunner();
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of globSync(folder, /\.json$/)) {
    const name = basename(file, ".json").replace(/^testcases_/, "");
    const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
    const opcode = OPCODES[name];
    if (opcode === undefined) {
      console.log(`skipped ${vectors.length} of ${name}: no such opcode here`);
      tally.skipped += vectors.length;
      continue;
    }
    const results = await runner.logsOf(vectors.map((vector) => logResult(opcode, vector)).join(""));
    vectors.forEach(({ X, Y, Expected }, index) => {
      if (results[index] === Expected.toLowerCase()) tally.passed += 1;
      else {
        tally.failed += 1;
        console.log(`failed ${name} of ${Y} and ${X}: ${results[index] ?? "no result"} instead of ${Expected}`);
      }
    });
  }
  return tally;
}

/** PUSH32 X, PUSH32 Y, the opcode, then MSTORE at 0 and LOG0 of that word. */
function logResult(opcode: string, { X, Y }: Vector): string {
  return `7f${X}7f${Y}${opcode}5f5260205fa0`;
}
