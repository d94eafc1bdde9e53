// Settings of solidity-coverage, for scripts/coverage.ts. Interfaces have no code; contracts/test is not part of the system.
// The optimizer stays on (viaIR): without it the code does not compile, the stack is too deep.
module.exports = {
  skipFiles: ["test", "interfaces"],
  istanbulFolder: "coverage",
  istanbulReporter: ["json", "html", "text-summary"],
  mocha: { timeout: 600_000 },
};
