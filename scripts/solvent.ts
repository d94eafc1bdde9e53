#!/usr/bin/env node
import { BRIDGE, runBridge } from "./bridge";
import { CONTROLS, runControl } from "./control";

/** What `solvent NAME` runs, each a command of its own with its own `--help`. */
const COMMANDS: Readonly<Record<string, { about: string; module: string }>> = {
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
};

/** `prove` is two commands: of a withdrawal, named by its hash, and of a program, named by its file and its input. */
function isOfProgram(name: string, rest: readonly string[]): boolean {
  return name === "prove" && rest.some((word) => word.endsWith(".wasm") || /^--input(=|$)/.test(word));
}

/** `solvent NAME [...]`. Status 2, and one line that says what there is, for a name that is none. */
function main([name, ...rest]: string[]): void {
  for (const [commands, run] of [
    [CONTROLS, runControl],
    [BRIDGE, runBridge],
  ] as const) {
    if (!Object.hasOwn(commands, name ?? "") || isOfProgram(name, rest)) continue;
    process.argv = [process.argv[0], `solvent ${name}`, ...rest];
    void run(name).then(() => process.exit());
    return;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    const isHelp = name === undefined || name === "--help" || name === "help";
    const list = (commands: Readonly<Record<string, { about: string }>>): string =>
      Object.entries(commands)
        .map(([one, { about }]) => `  ${one.padEnd(10)} ${about}`)
        .join("\n");
    const text =
      `Usage: solvent NAME [options]; solvent NAME --help says which\n${list(COMMANDS)}\n` +
      `Over the bridge, on a devnet or any other deployment:\n${list(BRIDGE)}\nOf a devnet that runs:\n${list(CONTROLS)}`;
    if (isHelp) console.log(text);
    else console.error(`solvent: no command "${name}"\n${text}`);
    process.exitCode = isHelp ? 0 : 2;
    return;
  }
  // The command reads its own arguments, as if it had been started alone.
  process.argv = [process.argv[0], `solvent ${name}`, ...rest];
  require(command.module);
}

main(process.argv.slice(2));
