const { subtask } = require("hardhat/config");
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require("hardhat/builtin-tasks/task-names");
require("@nomicfoundation/hardhat-toolbox");

// The compiler of npm: nothing is downloaded.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async () => {
  const { version } = require("solc/package.json");
  return { compilerPath: require.resolve("solc/soljson.js"), isSolcJs: true, version, longVersion: version };
});

const { SOLVENT_L2_URL: url, SOLVENT_KEYS: keys } = process.env;

module.exports = {
  solidity: "0.8.37",
  networks: { solvent: { url, accounts: keys.split(",") } },
  mocha: { timeout: 120_000 },
};
