// Settings of solidity-coverage, for scripts/coverage.ts. Interfaces have no code; contracts/test is not part of the system.
const DataCollector = require("solidity-coverage/lib/collector");

/**
 * Tests that measure gas or size, which marked code has others of; and those that repeat for minutes what others reach.
 */
const LEFT_OUT = [
  "Gas of |Sizes of contracts|whatever the gas limit",
  "reaches every place of a leaf|random play on|every course of play|does and refuses the same|at every leaf of every level|fifty idle",
  "preimage of (0|1|31|33|64|136) bytes|call of BLS12-381|vm/prove a real run|V36: of",
  "Deployment (by Ignition|deploys|changes nothing|V39 makes|goes on)|attacks on the contracts",
].join("|");

/**
 * Steps of the Yul optimizer: enough that the code fits its stack and its gas, and none that throws away a mark. A mark is an
 * `abi.encode(hash)` whose result nobody reads: the unused store eliminator (S) takes it for useless, and is left out.
 */
const YUL_STEPS = "dhfoDgvulfnTUtnIf";
const ASSEMBLY_STEPS = {
  ...{ peephole: true, jumpdestRemover: true, orderLiterals: true, deduplicate: true },
  ...{ cse: true, constantOptimizer: true, inliner: true },
};

/**
 * Counts a mark when its hash lies on top of the stack: as the number, or moved to the left of the word as `bytes8` are. In place of
 * solidity-coverage's own way over text, which loses a hash that begins with two zeros and takes most of the run's time. The same
 * mark twice in a row within one call is one hit, as there.
 */
DataCollector.prototype.step = function step({ pc, stack }) {
  if (pc === 0) this.lastMark = undefined;
  this.marks ??= new Map(
    Object.entries(this.instrumentationData).flatMap(([hash, mark]) => [
      [BigInt(hash), mark],
      [BigInt(hash) << 192n, mark],
    ]),
  );
  const mark = this.marks.get(stack[stack.length - 1]);
  if (mark === undefined || mark === this.lastMark) return;
  this.lastMark = mark;
  mark.hits++;
};

module.exports = {
  skipFiles: ["test", "interfaces"],
  configureYulOptimizer: true,
  solcOptimizerDetails: {
    ...ASSEMBLY_STEPS,
    yul: true,
    yulDetails: { stackAllocation: true, optimizerSteps: YUL_STEPS },
  },
  istanbulFolder: "coverage",
  istanbulReporter: ["json", "html", "text-summary"],
  mocha: { timeout: 600_000, grep: LEFT_OUT, invert: true },
  /** The plugin sends each deployment with 2^24 gas, the most under Osaka; marked code needs more, and Hardhat allows it to coverage. */
  onPreCompile() {
    this.gasLimit = 30_000_000;
  },
};
