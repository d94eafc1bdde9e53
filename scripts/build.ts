import { createCommand, runCommand } from "../actor/command";

interface Step {
  /** A part builds itself, by a module that exports `build(): Promise<void>`. */
  module: string;
  /** Steps whose output it reads. */
  reads: readonly string[];
  /** It is made for who asks for it by name. */
  isOnDemand?: boolean;
}

/** The steps of `npm run build`: each begins when those that it reads have ended. */
const STEPS: Readonly<Record<string, Step>> = {
  vm: { module: "../vm/build/vm", reads: [] },
  stf: { module: "../stf/build/stf", reads: [] },
  program: { module: "../stf/build/program", reads: ["vm", "stf"] },
  contracts: { module: "./build/contracts", reads: [] },
  explorer: { module: "../explorer/build", reads: ["contracts"] },
  bundles: { module: "./build/bundles", reads: [] },
  devnet: { module: "./build/devnet", reads: ["program", "contracts", "bundles"] },
  // Other games, data sources and sequencing than the defaults, market, oracle: whoever chooses one asks for them.
  choices: { module: "./build/choices", reads: ["contracts", "explorer"], isOnDemand: true },
  // All of these, what tests alone use, and toy rollups: `npm test` and `solvent play` ask for it.
  tests: { module: "./build/tests", reads: ["contracts", "explorer", "choices"], isOnDemand: true },
};

/** Builds from a clean checkout what a user runs, or only the steps named on the command line. */
async function main(): Promise<void> {
  const known = Object.keys(STEPS);
  const command = createCommand("npm run build --", "Compiles wasm and contracts from a clean checkout.");
  const steps = command.createArgument("[step...]", "only these").choices(known);
  const names = command.addArgument(steps).parse().args;
  const asked = known.filter((name) => (names.length === 0 ? STEPS[name].isOnDemand !== true : names.includes(name)));
  const running = new Map<string, Promise<void>>();
  for (const name of asked) {
    const before = STEPS[name].reads.map((other) => running.get(other));
    running.set(
      name,
      Promise.all(before).then(() => buildStep(name)),
    );
  }
  await Promise.all(running.values());
}

async function buildStep(name: string): Promise<void> {
  const started = Date.now();
  const step = (await import(STEPS[name].module)) as { build(): Promise<void> };
  await step.build();
  console.log(`built ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

void runCommand("build", main);
