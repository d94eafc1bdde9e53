// A user's project with proxies: the L2 is a network like any other. The compiler comes from npm, as in the project around it.
require("@nomicfoundation/hardhat-toolbox");
require("@openzeppelin/hardhat-upgrades");
const { subtask } = require("hardhat/config");
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require("hardhat/builtin-tasks/task-names");

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async () => {
  const { version } = require("solc/package.json");
  return { compilerPath: require.resolve("solc/soljson.js"), isSolcJs: true, version, longVersion: version };
});

const scratch = process.env.SOLVENT_SCRATCH;
module.exports = {
  solidity: "0.8.37",
  networks: {
    solvent: { url: process.env.SOLVENT_L2_URL, chainId: 42161001, accounts: [process.env.SOLVENT_L2_KEY] },
  },
  defaultNetwork: "solvent",
  paths: { artifacts: `${scratch}/artifacts`, cache: `${scratch}/cache` },
  mocha: { timeout: 120_000 },
};
