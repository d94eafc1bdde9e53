import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

/** What a conformance suite reports; its module exports `run(args)`. */
export type ConformanceTally = { passed: number; failed: number; skipped: number };

/** `npm run conformance -- NAME DIR [options]`: runs an unpacked official suite; ends with `N passed, N failed, N skipped`. */
async function main([name, ...args]: string[]): Promise<void> {
  const path = join(__dirname, `${name}.ts`);
  if (name === undefined || name === "main" || !existsSync(path)) {
    const names = readdirSync(__dirname)
      .filter((file) => file.endsWith(".ts"))
      .map((file) => basename(file, ".ts"));
    throw new Error(
      `usage: npm run conformance -- NAME DIR; NAME is one of ${names.filter((n) => n !== "main").join(", ")}`,
    );
  }
  const suite = (await import(path)) as { run(args: string[]): Promise<ConformanceTally> };
  const { passed, failed, skipped } = await suite.run(args);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
