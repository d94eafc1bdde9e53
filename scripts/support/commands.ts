/** What `solvent NAME` runs, each a command of its own with its own `--help`; its module, from scripts/. */
export const COMMANDS: Readonly<Record<string, { about: string; module: string }>> = {
  devnet: { about: "L1, sequencer, verifier, challenger and explorer until Ctrl-C", module: "./devnet" },
  explorer: { about: "the page over a node that runs already", module: "./explorer" },
  demo: { about: "one narrated run with two liars", module: "./demo" },
  play: { about: "play a dispute by hand, each of three games, over a program of sixteen steps", module: "./play" },
  simulate: { about: "fraud games without processes", module: "./simulate" },
  deploy: { about: "the contracts on an L1 of your own", module: "./deploy" },
  explain: { about: "what a deployment's configuration means: trust, bounds, prices, warnings", module: "./explain" },
  doctor: { about: "looks at what a devnet needs, and says how to mend what is missing", module: "./doctor" },
  prove: {
    about: "FILE.wasm --input HEX: runs any program, and disputes a lie about it down to one step on an L1 of its own",
    module: "./prove",
  },
  program: { about: "a program of one's own: new, build, diff against this one", module: "./program" },
  economics: {
    about: "what a deployment's stakes are worth, and how soon this machine answers",
    module: "./economics",
  },
  verifier: { about: "a node of one's own over a rollup, from its deployment file", module: "../verifier/main" },
  challenger: { about: "the party that asserts what is right and answers what is wrong", module: "../challenger/main" },
  sequencer: { about: "the party that orders transactions and posts batches", module: "../sequencer/main" },
  maker: { about: "buys withdrawals on its own re-execution", module: "../liquidity/main" },
  "data-server": { about: "keeps batches that are off L1, for those who follow the rollup", module: "./dataServer" },
  check: { about: "looks whether an exercise of docs/workshop is done, and says what is missing", module: "./check" },
  audit: { about: "audits a deployment from nothing but L1, once, with a report and a status", module: "./audit" },
  liability: { about: "checks that a balance is counted in what the chain owes", module: "./liability" },
  sums: { about: "what all accounts own together, told on L1 with a bond, and guarded", module: "./sums" },
  completion: {
    about: "bash or zsh: a script to source, by which that shell completes all of this",
    module: "./completion",
  },
};
