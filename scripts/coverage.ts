import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createCommand, runCommand } from "../actor/command";

const ROOT = join(__dirname, "..");
const RESULT = join(ROOT, "coverage.json");
const PARTS_FOLDER = join(ROOT, "coverage", "parts");
const DOCUMENT = join(ROOT, "docs", "coverage.md");
const BAR_PERCENT = 95;
/** The tests that run contracts, a process of solidity-coverage for each part: their own, and those of the proof VM that step on L1. */
const PARTS = {
  contracts: "test/contracts/*.test.ts",
  game: "test/contracts/game/*.test.ts",
  vm: "test/vm/{guards,onchain,onchainHost,prove}.test.ts",
};
type Part = keyof typeof PARTS;

interface Place {
  start: { line: number };
}
/** One file as istanbul counts it; `l` is solidity-coverage's count of lines. */
interface FileCoverage {
  b: Record<string, number[]>;
  l: Record<string, number>;
  branchMap: Record<string, { locations: Place[] }>;
}
interface Row {
  file: string;
  lines: [hit: number, all: number];
  branches: [hit: number, all: number];
  missed: number[];
}

/**
 * `npm run coverage [-- PART ...]`: line and branch coverage of contracts/, measured by solidity-coverage on marked copies in coverage/
 * (artifacts/ stays as it is), written to docs/coverage.md with every line that no test reaches. Ends with status 1 below 95 % or when a
 * test fails. With names of parts only these run again, and the others count as they were measured last; `report` only writes the document.
 */
async function main(): Promise<void> {
  const command = createCommand("npm run coverage --", "Lines and branches of the contracts that tests reach.");
  const about = "only these run again; report only writes docs/coverage.md";
  const parts = command.createArgument("[part...]", about).choices([...Object.keys(PARTS), "report"]);
  const words = command.addArgument(parts).parse().args;
  // marks are numbered over all sources: code that was marked before a source changed has other marks
  if (words.length === 0) rmSync(join(ROOT, "coverage"), { recursive: true, force: true });
  for (const part of (words.length === 0 ? Object.keys(PARTS) : words.filter((word) => word in PARTS)) as Part[])
    measure(part);
  const rows = Object.entries(merged())
    .map(([path, file]) => toRow(path, file))
    .filter(({ lines }) => lines[1] > 0);
  const total = { lines: sum(rows.map((row) => row.lines)), branches: sum(rows.map((row) => row.branches)) };
  writeFileSync(DOCUMENT, document(rows, total));
  const [lines, branches] = [percent(total.lines), percent(total.branches)];
  console.log(`lines ${lines} %, branches ${branches} %; written to docs/coverage.md`);
  if (lines < BAR_PERCENT || branches < BAR_PERCENT) process.exitCode = 1;
}

const resultOf = (part: Part): string => join(PARTS_FOLDER, `${part}.json`);

/** Runs the tests of a part on marked contracts and keeps what they reached. */
function measure(part: Part): void {
  rmSync(RESULT, { force: true });
  const hardhat = join(ROOT, "node_modules", "hardhat", "internal", "cli", "bootstrap.js");
  const args = ["coverage", "--solcoverjs", join("scripts", "support", "solcover.cjs"), "--testfiles", PARTS[part]];
  const artifacts = join(ROOT, "coverage", "artifacts");
  const env = { ...process.env, SOLVENT_COVERAGE: "1", SOLVENT_ARTIFACTS: artifacts, SOLVENT_STEP_CASES: "1" };
  const { status } = spawnSync(process.execPath, ["--require", "tsx/cjs", hardhat, ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env,
  });
  if (status !== 0) process.exitCode = 1;
  if (!existsSync(RESULT)) throw new Error("solidity-coverage left no coverage.json: read its output above");
  mkdirSync(PARTS_FOLDER, { recursive: true });
  renameSync(RESULT, resultOf(part));
}

/** Hits of all parts together. */
function merged(): Record<string, FileCoverage> {
  const parts = (Object.keys(PARTS) as Part[]).map((part) => {
    if (!existsSync(resultOf(part))) throw new Error(`part ${part} was not measured yet: npm run coverage -- ${part}`);
    return JSON.parse(readFileSync(resultOf(part), "utf8")) as Record<string, FileCoverage>;
  });
  const [whole, ...others] = parts;
  for (const other of others)
    for (const [path, { l, b }] of Object.entries(other)) {
      for (const [line, hits] of Object.entries(l)) whole[path].l[line] += hits;
      for (const [id, sides] of Object.entries(b)) sides.forEach((hits, side) => (whole[path].b[id][side] += hits));
    }
  return whole;
}

function toRow(path: string, { l, b, branchMap }: FileCoverage): Row {
  const missed = new Set<number>();
  for (const [line, hits] of Object.entries(l)) if (hits === 0) missed.add(Number(line));
  for (const [id, hits] of Object.entries(b))
    for (const [side, count] of hits.entries())
      if (count === 0) missed.add((branchMap[id].locations[side] ?? branchMap[id].locations[0]).start.line);
  const sides = Object.values(b).flat();
  return {
    file: relative(ROOT, path),
    lines: [Object.values(l).filter((hits) => hits > 0).length, Object.keys(l).length],
    branches: [sides.filter((hits) => hits > 0).length, sides.length],
    missed: [...missed].sort((x, y) => x - y),
  };
}

function document(rows: Row[], total: { lines: [number, number]; branches: [number, number] }): string {
  const cell = (counts: [number, number]): string => (counts[1] === 0 ? "-" : `${percent(counts)} %`);
  const table = rows.map(
    ({ file, lines, branches, missed }) =>
      `| ${file} | ${cell(lines)} | ${cell(branches)} | ${missed.length === 0 ? "" : missed.join(", ")} |`,
  );
  return [
    "# Coverage of the contracts",
    "",
    "Written by `npm run coverage` (solidity-coverage); do not edit. Left out: `contracts/interfaces` (no code) and `contracts/test` (not part",
    "of the system). A line in the last column is not reached, or one side of a branch in it is not. The marked code is compiled with a short",
    "list of optimizer steps, of which none throws a mark away (`scripts/support/solcover.cjs`).",
    "",
    "| file | lines | branches | not reached |",
    "|---|---|---|---|",
    ...table,
    `| **all** | **${cell(total.lines)}** | **${cell(total.branches)}** | |`,
    "",
  ].join("\n");
}

function sum(counts: [number, number][]): [number, number] {
  return counts.reduce(([hit, all], [h, a]) => [hit + h, all + a], [0, 0]);
}

/** Rounded down to two digits: never better than it is. */
function percent([hit, all]: [number, number]): number {
  return all === 0 ? 100 : Math.floor((hit / all) * 10_000) / 100;
}

void runCommand("coverage", main);
