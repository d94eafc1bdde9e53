import { availableParallelism } from "node:os";
import { subtask, type HardhatUserConfig } from "hardhat/config";
import {
  TASK_COMPILE_SOLIDITY_COMPILE_JOBS,
  TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD,
  TASK_COMPILE_SOLIDITY_MERGE_COMPILATION_JOBS,
} from "hardhat/builtin-tasks/task-names";
import type { CompilationJob } from "hardhat/types";
import "@nomicfoundation/hardhat-toolbox";

const SOLC_VERSION = "0.8.37";
/** Compilers at work at the same time: each uses one core, and reads again what its contracts share with the others'. */
const COMPILERS = Math.min(2, availableParallelism());

/** The compiler comes from npm, pinned exactly: nothing is downloaded from elsewhere. */
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async (args: { solcVersion: string }) => {
  if (args.solcVersion !== SOLC_VERSION)
    throw new Error(`hardhat.config.ts pins solc ${SOLC_VERSION}, asked for ${args.solcVersion}`);
  const compilerPath = require.resolve("solc/soljson.js");
  const { version } = require("solc/package.json") as { version: string };
  return { compilerPath, isSolcJs: true, version, longVersion: version };
});

/**
 * The contracts' jobs, one a file, are shared out to so many compilers, by the length of all that a file imports. Which of them a
 * contract meets there makes no difference to its code.
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

/** The longest first, each to the compiler that has least. */
function shareOut(jobs: readonly CompilationJob[]): CompilationJob[][] {
  const lengthOf = (job: CompilationJob): number =>
    job.getResolvedFiles().reduce((sum, { content }) => sum + content.rawContent.length, 0);
  const shares = Array.from({ length: COMPILERS }, () => ({ length: 0, jobs: [] as CompilationJob[] }));
  const sorted = jobs.map((job) => ({ job, length: lengthOf(job) })).sort((a, b) => b.length - a.length);
  for (const { job, length } of sorted) {
    const least = shares.reduce((best, share) => (share.length < best.length ? share : best));
    least.jobs.push(job);
    least.length += length;
  }
  return shares.map((share) => share.jobs).filter(({ length }) => length > 0);
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
