import { readFileSync } from "node:fs";
import { createProbe, SCRATCH } from "../support/probe";
import { globSync } from "../support/glob";
import type { ConformanceTally } from "./main";

/** `npm run conformance -- keccak DIR`: the Keccak team's known answers (records "Len, Msg, MD"; only whole bytes) through the program's keccak. */
export async function run([folder]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- keccak DIR");
  const probe = await createProbe();
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of globSync(folder, /KAT.*\.txt$/)) {
    for (const [, bits, message, digest] of readFileSync(file, "utf8").matchAll(
      /Len = (\d+)\s+Msg = ([0-9A-Fa-f]*)\s+MD = ([0-9A-Fa-f]+)/g,
    )) {
      if (Number(bits) % 8 !== 0) {
        tally.skipped += 1;
        continue;
      }
      const input = Buffer.from(message!, "hex").subarray(0, Number(bits) / 8);
      probe.write(SCRATCH + 64, input);
      probe.call.keccak256!(SCRATCH + 64, input.length, SCRATCH);
      if (Buffer.from(probe.read(SCRATCH, 32)).toString("hex") === digest!.toLowerCase()) tally.passed += 1;
      else {
        tally.failed += 1;
        console.log(`failed Len ${bits} of ${file}`);
      }
    }
  }
  return tally;
}
