import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { globSync } from "./support/glob";

/** The suites of `npm test`, in order; each is a folder of test/ and one mocha process of its own. */
const SUITES = ["vm", "stf", "contracts", "node", "differential", "invariants", "e2e"] as const;

type Tally = { passed: number; failed: number; skipped: number };

/**
 * Runs mocha suites one after another and ends with the line `N passed, N failed, N skipped`.
 * Usage: tsx scripts/test.ts [--full] [suite ...] [-- mocha arguments]. A suite that dies without a tally counts as one failure.
 * `--full` sets SOLVENT_FULL=1 and runs files named *.full.ts as well as *.test.ts.
 */
function main(argv: string[]): void {
  const split = argv.indexOf("--");
  const own = split < 0 ? argv : argv.slice(0, split);
  const mochaArgs = split < 0 ? [] : argv.slice(split + 1);
  const firstFlag = own.findIndex((word) => word.startsWith("-") && word !== "--full");
  const words = firstFlag < 0 ? own : own.slice(0, firstFlag);
  if (firstFlag >= 0) mochaArgs.unshift(...own.slice(firstFlag));
  const full = words.includes("--full");
  const named = words.filter((word) => word !== "--full");
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  const scratch = mkdtempSync(join(tmpdir(), "solvent-test-"));
  try {
    for (const suite of named.length > 0 ? named : SUITES) {
      const files = globSync(join("test", suite), full ? /\.(test|full)\.ts$/ : /\.test\.ts$/);
      if (files.length === 0) continue;
      const started = Date.now();
      const tally = runSuite(suite, files, mochaArgs, full, join(scratch, `${suite}.json`));
      total.passed += tally.passed;
      total.failed += tally.failed;
      total.skipped += tally.skipped;
      console.log(`  ${suite}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function runSuite(suite: string, files: string[], mochaArgs: string[], full: boolean, tallyFile: string): Tally {
  console.log(`\n== ${suite} ==`);
  const args = [
    require.resolve("mocha/bin/mocha.js"),
    "--reporter",
    join(__dirname, "support", "reporter.cjs"),
    ...mochaArgs,
    ...files,
  ];
  const env = { ...process.env, SOLVENT_TALLY: tallyFile, ...(full ? { SOLVENT_FULL: "1" } : {}) };
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit", env });
  if (!existsSync(tallyFile)) return { passed: 0, failed: 1, skipped: 0 };
  const tally = JSON.parse(readFileSync(tallyFile, "utf8")) as Tally;
  if (status !== 0 && tally.failed === 0) tally.failed = 1;
  return tally;
}

main(process.argv.slice(2));
