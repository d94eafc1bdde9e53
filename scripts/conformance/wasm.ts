import { resolve } from "node:path";
import { runScript, scriptsOf, type CaseResult } from "../support/wasm-suite";
import type { ConformanceTally } from "./main";

/**
 * `npm run conformance -- wasm DIR [--onchain N]`: every module and call of an unpacked wasm suite in the fast interpreter, the
 * reference and V8; each skip with its reason.
 */
export async function run(args: string[]): Promise<ConformanceTally> {
  const [folder] = args;
  if (folder === undefined) throw new Error("usage: npm run conformance -- wasm DIR [--onchain N]");
  const tally: ConformanceTally = { passed: 0, failed: 0, skipped: 0 };
  const scripts = scriptsOf(resolve(folder));
  if (scripts.length === 0) throw new Error(`no NAME/NAME.json in ${folder}`);
  for (const script of scripts)
    for (const result of runScript(script)) {
      tally[result.verdict]++;
      if (result.verdict !== "passed") console.log(line(result));
    }
  return tally;
}

const line = ({ name, verdict, reason }: CaseResult): string => `${verdict} ${name}: ${reason}`;
