// Settings of solidity-coverage, for scripts/coverage.ts. Interfaces have no code; contracts/test is not part of the system.
// The optimizer stays on (viaIR): without it the code does not compile, the stack is too deep.

/** Tests that measure gas or size, which instrumented code has others of; and those that repeat for minutes what others reach. */
const LEFT_OUT =
  "Gas of |Sizes of contracts|whatever the gas limit|reaches every place of a leaf|random play on|every course of play";

module.exports = {
  skipFiles: ["test", "interfaces"],
  istanbulFolder: "coverage",
  istanbulReporter: ["json", "html", "text-summary"],
  mocha: { timeout: 600_000, grep: LEFT_OUT, invert: true },
};
