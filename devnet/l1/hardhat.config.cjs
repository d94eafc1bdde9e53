// Hardhat's network as the devnet's L1: real clock, mined by l1/chain.ts, nothing else loaded.
const ACCOUNTS = require("../accounts.json");

const initialDate = process.env.SOLVENT_L1_INITIAL_DATE;
module.exports = {
  solidity: "0.8.37",
  networks: {
    hardhat: {
      hardfork: "osaka",
      chainId: 31337,
      // Most that one transaction may have since Osaka (EIP-7825): Hardhat's estimates search up to the block's limit.
      blockGasLimit: 16_777_216,
      allowBlocksWithSameTimestamp: true,
      mining: { auto: false, interval: 0, mempool: { order: "priority" } },
      // The mnemonic's, not derived: that takes a second.
      accounts: ACCOUNTS.map(({ privateKey }) => ({ privateKey, balance: "10000000000000000000000" })),
      ...(initialDate ? { initialDate } : {}),
    },
  },
};
