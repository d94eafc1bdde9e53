/** The steps of `npm run build`, in order: a part builds itself, by a module that exports `build(): Promise<void>`. */
const STEPS: Readonly<Record<string, string>> = {
  vm: "../vm/build/vm",
  stf: "../stf/build/stf",
  program: "../stf/build/program",
  contracts: "./build/contracts",
};

/** Builds everything from a clean checkout, or only the steps named on the command line. */
async function main(names: string[]): Promise<void> {
  for (const name of names.length > 0 ? names : Object.keys(STEPS)) {
    const path = STEPS[name];
    if (path === undefined) throw new Error(`no step "${name}"; there are ${Object.keys(STEPS).join(", ")}`);
    const started = Date.now();
    const step = (await import(path)) as { build(): Promise<void> };
    await step.build();
    console.log(`built ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
