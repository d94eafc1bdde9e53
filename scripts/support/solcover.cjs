// Settings of solidity-coverage, for scripts/coverage.ts. Interfaces have no code; contracts/test is not part of the system.
// The optimizer stays on (viaIR): without it the code does not compile, the stack is too deep.
module.exports = {
  skipFiles: ["test", "interfaces"],
  istanbulFolder: "coverage",
  istanbulReporter: ["json", "html", "text-summary"],
  // The same instruction at every place of a leaf: half an hour on instrumented code, and no line that others do not reach.
  mocha: { timeout: 600_000, grep: "reaches every place of a leaf", invert: true },
};
