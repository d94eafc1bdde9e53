import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import "./support/compiled";
import { globSync } from "./support/glob";

/** The suites of `npm test`; each is a folder of test/ and one mocha process of its own. The longest come first. */
const SUITES = [
  "contracts",
  "vm",
  "stf",
  "node",
  "differential",
  "invariants",
  "client",
  "simulator",
  "house",
  "packages",
  "zk",
  "e2e",
  "devnet",
  "explorer",
  "clients",
] as const;
/** Suites that start whole systems of processes and wait more than they compute: they run after the others, beside each other. */
const SYSTEMS: readonly string[] = ["e2e", "devnet", "explorer", "clients"];
/** Suites whose files go to so many processes of their own, turn about: one after another they would be the longest lane by far. */
const PARTS: Readonly<Record<string, number>> = { e2e: 3, devnet: 3 };
/** Suites that run at the same time: their output is kept together and printed when they end. */
const LANES = Math.min(2, availableParallelism());
/** Of systems one more: each keeps about half a core busy. */
const SYSTEM_LANES = LANES + 1;

/** Tests and hooks that are told by their time at the end of all suites: where a run can be made shorter. */
const SLOWEST = 25;

/** One mocha process: a suite, or a part of its files. */
type Run = { name: string; files: string[] };
/** @property titles - Failed tests with their messages. @property slow - What took long. */
type Tally = {
  passed: number;
  failed: number;
  skipped: number;
  titles: string[];
  slow: { title: string; ms: number }[];
};
type Options = { mochaArgs: string[]; isFull: boolean; scratch: string };

const USAGE = `Usage: npm test -- [--full] [suite ...] [mocha arguments]
Runs the suites ${SUITES.join(", ")}, or those named; --full adds the long ones.
Ends with "N passed, N failed, N skipped".`;

/**
 * Runs mocha suites and ends with the line `N passed, N failed, N skipped`.
 * Usage: tsx test/run.ts [--full] [suite ...] [-- mocha arguments]. A suite that dies without a tally counts as one failure.
 * `--full` sets SOLVENT_FULL=1 and runs files named *.full.ts as well as *.test.ts.
 */
async function main(argv: string[]): Promise<void> {
  if (argv.includes("--help") || argv.includes("-h")) return void console.log(USAGE);
  const split = argv.indexOf("--");
  const own = split < 0 ? argv : argv.slice(0, split);
  const mochaArgs = split < 0 ? [] : argv.slice(split + 1);
  const firstFlag = own.findIndex((word) => word.startsWith("-") && word !== "--full");
  const words = firstFlag < 0 ? own : own.slice(0, firstFlag);
  if (firstFlag >= 0) mochaArgs.unshift(...own.slice(firstFlag));
  const isFull = words.includes("--full");
  const named = words.filter((word) => word !== "--full");
  const suites = (named.length > 0 ? named : SUITES).filter((suite) => filesOf(suite, isFull).length > 0);
  const scratch = mkdtempSync(join(tmpdir(), "solvent-test-"));
  const tallies: Tally[] = [];
  try {
    const options: Options = { mochaArgs, isFull, scratch };
    const isSystem = (suite: string): boolean => SYSTEMS.includes(suite);
    for (const together of [suites.filter((suite) => !isSystem(suite)), suites.filter(isSystem)]) {
      // Mocha arguments may choose few tests, or ask for none: then one process says so.
      const runs = together.flatMap((suite) => runsOf(suite, isFull, suites.length === 1 ? 1 : (PARTS[suite] ?? 1)));
      const lane = async (): Promise<void> => {
        for (let run = runs.shift(); run !== undefined; run = runs.shift())
          tallies.push(await runFiles(run, options, suites.length === 1));
      };
      const lanes = together.some(isSystem) ? SYSTEM_LANES : LANES;
      await Promise.all(Array.from({ length: lanes }, lane));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const slow = tallies.flatMap((tally) => tally.slow).sort((a, b) => b.ms - a.ms);
  if (suites.length > 1)
    for (const { title, ms } of slow.slice(0, SLOWEST)) console.log(`slow: ${(ms / 1000).toFixed(1)} s ${title}`);
  // Once more at the end, where a log that is cut still shows them.
  for (const title of tallies.flatMap(({ titles }) => titles)) console.log(`failed: ${title}`);
  const total = (key: "passed" | "failed" | "skipped"): number => tallies.reduce((sum, tally) => sum + tally[key], 0);
  console.log(`${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`);
  process.exitCode = total("failed") > 0 || total("passed") === 0 ? 1 : 0;
}

function filesOf(suite: string, isFull: boolean): string[] {
  return globSync(join("test", suite), isFull ? /\.(test|full)\.ts$/ : /\.test\.ts$/);
}

function runsOf(suite: string, isFull: boolean, parts: number): Run[] {
  const files = filesOf(suite, isFull);
  return Array.from({ length: parts }, (_, part) => ({
    name: parts === 1 ? suite : `${suite}, part ${part + 1} of ${parts}`,
    files: files.filter((_, i) => i % parts === part),
  }));
}

/** @param isLive Its output goes straight through; else it is printed when the suite has ended. */
async function runFiles(
  { name, files }: Run,
  { mochaArgs, isFull, scratch }: Options,
  isLive: boolean,
): Promise<Tally> {
  const tallyFile = join(scratch, `${name.replaceAll(/\W+/g, ".")}.json`);
  const reporter = join(__dirname, "support", "reporter.cjs");
  const args = [require.resolve("mocha/bin/mocha.js"), "--reporter", reporter, ...mochaArgs, ...files];
  const env = { ...process.env, SOLVENT_TALLY: tallyFile, ...(isFull ? { SOLVENT_FULL: "1" } : {}) };
  const started = Date.now();
  if (isLive) console.log(`\n== ${name} ==`);
  else console.log(`   ${name} ...`);
  const child = spawn(process.execPath, args, { stdio: ["ignore", ...outputs(isLive)], env });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => output.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
    // A process that a suite left behind may hold its pipes open: that must not hold up the run.
    child.once("exit", (code) => setTimeout(resolve, 2_000, code));
  });
  if (!isLive) process.stdout.write(`\n== ${name} ==\n${Buffer.concat(output).toString()}`);
  console.log(`  ${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (!existsSync(tallyFile))
    return { passed: 0, failed: 1, skipped: 0, titles: [`${name}: died without a tally`], slow: [] };
  const tally = JSON.parse(readFileSync(tallyFile, "utf8")) as Tally;
  if (status !== 0 && tally.failed === 0) {
    tally.failed = 1;
    tally.titles.push(`${name}: ended with status ${status}`);
  }
  return tally;
}

function outputs(isLive: boolean): ["inherit", "inherit"] | ["pipe", "pipe"] {
  return isLive ? ["inherit", "inherit"] : ["pipe", "pipe"];
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
