import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { StepSampler } from "./wasm/onchain";
import { runScript, scriptsOf, type CaseResult } from "./wasm/suite";
import type { ConformanceTally } from "./main";

const USAGE = "usage: npm run conformance -- wasm DIR [--onchain N]";

/**
 * `npm run conformance -- wasm DIR [--onchain N]`: every module and call of an unpacked wasm suite in the fast interpreter, the
 * reference and V8; each skip with its reason. With `--onchain`, N of the executed steps on L1, spread over all opcodes and
 * counted as cases of their own.
 */
export async function run(args: string[]): Promise<ConformanceTally> {
  const { values, positionals } = parseArgs({ args, options: { onchain: { type: "string" } }, allowPositionals: true });
  const [folder] = positionals;
  const wanted = Number(values.onchain ?? "0");
  if (folder === undefined || positionals.length > 1 || !Number.isSafeInteger(wanted) || wanted < 0)
    throw new Error(USAGE);
  const scripts = scriptsOf(resolve(folder));
  if (scripts.length === 0) throw new Error(`no script of wast2json below ${folder}; unpack the suite first`);
  const tally: ConformanceTally = { passed: 0, failed: 0, skipped: 0 };
  const note = (result: CaseResult): void => {
    tally[result.verdict]++;
    if (result.verdict !== "passed") console.log(`${result.verdict} ${result.name}: ${result.reason}`);
  };
  const sampler = new StepSampler(wanted);
  const watch = wanted > 0 ? (reference: Parameters<StepSampler["watch"]>[0]) => sampler.watch(reference) : undefined;
  for (const script of scripts) runScript(script, watch).forEach(note);
  if (wanted > 0) {
    const { results, summary } = await sampler.proveAll();
    results.forEach(note);
    console.log(summary);
  }
  return tally;
}
