import { createCommand, runCommand } from "../actor/command";

/** The steps of `npm run build`, in order: a part builds itself, by a module that exports `build(): Promise<void>`. */
const STEPS: Readonly<Record<string, string>> = {
  vm: "../vm/build/vm",
  stf: "../stf/build/stf",
  program: "../stf/build/program",
  contracts: "./build/contracts",
  explorer: "../explorer/build",
  devnet: "./build/devnet",
};

/** Builds everything from a clean checkout, or only the steps named on the command line. */
async function main(): Promise<void> {
  const known = Object.keys(STEPS);
  const command = createCommand("npm run build --", "Compiles wasm and contracts from a clean checkout.");
  const steps = command.createArgument("[step...]", "only these, in this order").choices(known);
  const names = command.addArgument(steps).parse().args;
  for (const name of names.length > 0 ? names : known) {
    const started = Date.now();
    const step = (await import(STEPS[name])) as { build(): Promise<void> };
    await step.build();
    console.log(`built ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

void runCommand("build", main);
