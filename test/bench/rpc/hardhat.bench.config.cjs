// `hardhat node` as a benchmark's opponent: a block a second, none for each transaction, the same gas limit as the others.
module.exports = {
  solidity: "0.8.37",
  networks: {
    hardhat: {
      hardfork: "osaka",
      chainId: 31337,
      blockGasLimit: 30_000_000,
      mining: { auto: false, interval: 1000 },
    },
  },
};
