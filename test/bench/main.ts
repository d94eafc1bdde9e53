import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCommand, runCommand } from "../../actor/command";

const BENCHMARKS_FILE = join(__dirname, "..", "..", "docs", "benchmarks.md");
const TITLE =
  "# Benchmarks\n\nWritten by `npm run bench`; each section is one run on one machine, so compare ratios, not seconds.\n";

/** `npm run bench [-- NAME ...]`: each benchmark exports `bench(): Promise<string>`, the Markdown body of its section. */
async function main(): Promise<void> {
  const files = readdirSync(__dirname).filter((file) => file.endsWith(".ts"));
  const known = files.map((file) => file.replace(/\.ts$/, ""));
  const all = known.filter((name) => name !== "main");
  const command = createCommand("npm run bench --", "Measures, and writes docs/benchmarks.md.");
  const names = command.addArgument(command.createArgument("[name...]", "only these").choices(all)).parse().args;
  for (const name of names.length > 0 ? names : all) {
    const suite = (await import(join(__dirname, `${name}.ts`))) as { bench(): Promise<string> };
    const body = await suite.bench();
    console.log(body);
    writeSection(name, body);
  }
}

function writeSection(name: string, body: string): void {
  mkdirSync(join(BENCHMARKS_FILE, ".."), { recursive: true });
  const old = existsSync(BENCHMARKS_FILE) ? readFileSync(BENCHMARKS_FILE, "utf8") : TITLE;
  const begin = `<!-- begin ${name} -->`;
  const end = `<!-- end ${name} -->`;
  const section = `${begin}\n\n## ${name}\n\n${body.trim()}\n\n${end}`;
  const from = old.indexOf(begin);
  const next =
    from < 0
      ? `${old.trimEnd()}\n\n${section}\n`
      : old.slice(0, from) + section + old.slice(old.indexOf(end) + end.length);
  writeFileSync(BENCHMARKS_FILE, next);
}

void runCommand("bench", main);
