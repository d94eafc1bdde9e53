import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { createCommand, runCommand } from "../../actor/command";

/** What a conformance suite reports; its module exports `run(args)`. */
export type ConformanceTally = { passed: number; failed: number; skipped: number };

/** `npm run conformance -- NAME DIR [options]`: runs an unpacked official suite; ends with `N passed, N failed, N skipped`. */
async function main(): Promise<void> {
  const names = readdirSync(__dirname)
    .filter((file) => file.endsWith(".ts") && file !== "main.ts")
    .map((file) => basename(file, ".ts"));
  const command = createCommand("npm run conformance --", "Runs an unpacked official suite.");
  command.addArgument(command.createArgument("<name>", "the suite").choices(names));
  command.argument("<dir>", "where it is unpacked").argument("[options...]", "of the suite");
  const [name, ...args] = command.passThroughOptions().allowUnknownOption().parse().args;
  const suite = (await import(join(__dirname, `${name}.ts`))) as { run(args: string[]): Promise<ConformanceTally> };
  const { passed, failed, skipped } = await suite.run(args);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

void runCommand("conformance", main);
