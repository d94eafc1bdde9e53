import { existsSync } from "node:fs";
import { join } from "node:path";

/** The steps of `npm run build`, in order; each is a module of scripts/build/ that exports `build(): Promise<void>`. */
const STEPS = ["vm", "stf", "program", "contracts"] as const;

/** Builds everything from a clean checkout, or only the steps named on the command line. */
async function main(names: string[]): Promise<void> {
  for (const name of names.length > 0 ? names : STEPS) {
    const path = join(__dirname, "build", `${name}.ts`);
    if (!existsSync(path)) continue;
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
