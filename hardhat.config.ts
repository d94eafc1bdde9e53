import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { subtask, type HardhatUserConfig } from "hardhat/config";
import {
  TASK_COMPILE_SOLIDITY_COMPILE_JOBS,
  TASK_COMPILE_SOLIDITY_FILTER_COMPILATION_JOBS,
  TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD,
  TASK_COMPILE_SOLIDITY_MERGE_COMPILATION_JOBS,
} from "hardhat/builtin-tasks/task-names";
import type { CompilationJob, HardhatRuntimeEnvironment, ResolvedFile } from "hardhat/types";
import "@nomicfoundation/hardhat-toolbox";

const SOLC_VERSION = "0.8.37";
/** Compilers at work at the same time: each uses one core, and reads again what its contracts share with the others'. */
const COMPILERS = Math.min(2, availableParallelism());
/** What tests use, and who plays with toy rollups; a user's rollup is made without. */
const TESTS_ALONE = /^contracts\/(games\/wide|test)\/(?!Consumers|Tokens)/;
/** What a rollup has only where its configuration chooses it, and what others put beside one. */
const CHOICES =
  /^contracts\/(games\/(claims|tournament)\/|inbox\/(Altda|Blob|Rotating)|bridge\/Braked|liquidity\/|solvency\/(?!Sum)|test\/Consumers)/;
/** What SOLVENT_CONTRACTS leaves to whoever needs it first: an installation of defaults compiles half of all. */
const LEFT_OUT: Readonly<Record<string, readonly RegExp[]>> = {
  default: [TESTS_ALONE, CHOICES],
  product: [TESTS_ALONE],
};

/** The compiler comes from npm, pinned exactly: nothing is downloaded from elsewhere. */
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async (args: { solcVersion: string }) => {
  if (args.solcVersion !== SOLC_VERSION)
    throw new Error(`hardhat.config.ts pins solc ${SOLC_VERSION}, asked for ${args.solcVersion}`);
  const compilerPath = require.resolve("solc/soljson.js");
  const { version } = require("solc/package.json") as { version: string };
  return { compilerPath, isSolcJs: true, version, longVersion: version };
});

/** What was compiled once is kept as its sources are, whatever SOLVENT_CONTRACTS says. */
subtask(TASK_COMPILE_SOLIDITY_FILTER_COMPILATION_JOBS, async (_args, hre: HardhatRuntimeEnvironment, runSuper) => {
  const jobs = (await runSuper()) as CompilationJob[];
  const leftOut = LEFT_OUT[process.env.SOLVENT_CONTRACTS ?? ""] ?? [];
  const isLeftOut = ({ sourceName }: ResolvedFile): boolean =>
    leftOut.some((names) => names.test(sourceName)) && !existsSync(join(hre.config.paths.artifacts, sourceName));
  return jobs.filter((job) => !emittedBy(job).every(isLeftOut));
});

/**
 * The contracts' jobs, one a file, are shared out to so many compilers. Which of them a contract meets there makes no difference to
 * its code.
 */
subtask(
  TASK_COMPILE_SOLIDITY_MERGE_COMPILATION_JOBS,
  async ({ compilationJobs }: { compilationJobs: CompilationJob[] }, _, runSuper) => {
    const merged = shareOut(compilationJobs).map(
      (jobs) => runSuper({ compilationJobs: jobs }) as Promise<CompilationJob[]>,
    );
    return (await Promise.all(merged)).flat();
  },
);

subtask(TASK_COMPILE_SOLIDITY_COMPILE_JOBS, (args: object, _, runSuper) =>
  runSuper({ ...args, concurrency: COMPILERS }),
);

function emittedBy(job: CompilationJob): ResolvedFile[] {
  return job.getResolvedFiles().filter((file) => job.emitsArtifacts(file));
}

/**
 * The longest first, each to the compiler that has least; but a contract that a compiler has as another one's part goes there, where its
 * code is made anyway.
 */
function shareOut(jobs: readonly CompilationJob[]): CompilationJob[][] {
  const shares = Array.from({ length: COMPILERS }, () => ({
    work: 0,
    jobs: [] as CompilationJob[],
    names: new Set<string>(),
  }));
  const sorted = jobs.map((job) => ({ job, work: workOf(job) })).sort((a, b) => b.work - a.work);
  for (const { job, work } of sorted) {
    const having = shares.filter(({ names }) => emittedBy(job).every(({ sourceName }) => names.has(sourceName)));
    const least = (having.length > 0 ? having : shares).reduce((best, share) =>
      share.work < best.work ? share : best,
    );
    least.jobs.push(job);
    least.work += work;
    for (const { sourceName } of job.getResolvedFiles()) least.names.add(sourceName);
  }
  return shares.map((share) => share.jobs).filter(({ length }) => length > 0);
}

/** Of a contract the length of all that it is made of, in characters that are compiled: within a sixth, what its compiling takes. */
function workOf(job: CompilationJob): number {
  const contracts = emittedBy(job).flatMap(({ content }) => content.rawContent.match(/^contract /gm) ?? []);
  return contracts.length * job.getResolvedFiles().reduce((sum, file) => sum + codeLength(file), 0);
}

function codeLength({ sourceName, content }: ResolvedFile): number {
  if (sourceName.startsWith("contracts/interfaces/")) return 0;
  const { length } = content.rawContent.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").replace(/\s+/g, " ");
  // Of a package's file little is used.
  return sourceName.startsWith("contracts/") ? length : length / 8;
}

/** The network `l1` of `npm run deploy`: any node, by environment. */
function namedNetwork(): HardhatUserConfig["networks"] {
  const { SOLVENT_L1_URL: url, SOLVENT_DEPLOYER_KEY: key } = process.env;
  return url === undefined ? {} : { l1: { url, accounts: key === undefined ? [] : [key] } };
}

/** Instrumented code (npm run coverage) never takes the place of the real one. */
function coveragePaths(): HardhatUserConfig["paths"] {
  return process.env.SOLVENT_COVERAGE === "1" ? { artifacts: "./coverage/artifacts", cache: "./coverage/cache" } : {};
}

const config: HardhatUserConfig = {
  solidity: {
    version: SOLC_VERSION,
    settings: {
      optimizer: { enabled: true, runs: 200 },
      viaIR: true,
      evmVersion: "prague",
      metadata: { bytecodeHash: "none" },
    },
  },
  networks: { hardhat: { hardfork: "osaka", chainId: 31337 }, ...namedNetwork() },
  paths: { tests: "./test/contracts", ignition: "./deployment/ignition", ...coveragePaths() },
  typechain: { dontOverrideCompile: true },
  mocha: { timeout: 120_000 },
};

export default config;
