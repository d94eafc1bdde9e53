import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const BENCHMARKS_FILE = join(__dirname, "..", "..", "docs", "benchmarks.md");
const TITLE =
  "# Benchmarks\n\nWritten by `npm run bench`; each section is one run on one machine, so compare ratios, not seconds.\n";

/** `npm run bench [-- NAME ...]`: each benchmark exports `bench(): Promise<string>`, the Markdown body of its section. */
async function main(names: string[]): Promise<void> {
  const files = readdirSync(__dirname).filter((file) => file.endsWith(".ts"));
  const known = files.map((file) => file.replace(/\.ts$/, ""));
  const all = known.filter((name) => name !== "main");
  for (const name of names.length > 0 ? names : all) {
    if (!all.includes(name)) throw new Error(`no benchmark ${name}; there are ${all.join(", ")}`);
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

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
