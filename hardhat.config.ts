import { subtask, type HardhatUserConfig } from "hardhat/config";
import { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } from "hardhat/builtin-tasks/task-names";
import "@nomicfoundation/hardhat-toolbox";

const SOLC_VERSION = "0.8.37";

/** The compiler comes from npm, pinned exactly: nothing is downloaded from elsewhere. */
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async (args: { solcVersion: string }) => {
  if (args.solcVersion !== SOLC_VERSION)
    throw new Error(`hardhat.config.ts pins solc ${SOLC_VERSION}, asked for ${args.solcVersion}`);
  const compilerPath = require.resolve("solc/soljson.js");
  const { version } = require("solc/package.json") as { version: string };
  return { compilerPath, isSolcJs: true, version, longVersion: version };
});

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
