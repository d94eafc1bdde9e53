import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { globSync } from "./glob";

const ROOT = join(__dirname, "..", "..");

/** A custom error of contracts/, with the tests that expect it. */
export interface CustomError {
  name: string;
  /** Files that declare it; several contracts may use one name with operands of their own. */
  declaredIn: string[];
  /** Test titles, with their files, that wait for a revert with it. */
  expectedBy: string[];
}

/**
 * Every custom error of contracts/ (those of contracts/test left out) with the tests that name it. A test names an error in quotes:
 * `revertedWithCustomError(contract, "Name")`, or in a table of cases.
 */
export function listCustomErrors(): CustomError[] {
  const errors = new Map<string, CustomError>();
  for (const file of globSync(join(ROOT, "contracts"), /\.sol$/)) {
    const path = relative(ROOT, file);
    if (path.startsWith(join("contracts", "test"))) continue;
    for (const [, name] of readFileSync(file, "utf8").matchAll(/^\s*error (\w+)\(/gm)) {
      const error = errors.get(name) ?? { name, declaredIn: [], expectedBy: [] };
      error.declaredIn.push(path);
      errors.set(name, error);
    }
  }
  for (const file of globSync(join(ROOT, "test"), /\.(test|full)\.ts$/)) {
    for (const { title, body } of testsOf(readFileSync(file, "utf8"))) {
      for (const [, name] of body.matchAll(/"(\w+)"/g)) {
        const by = `${relative(ROOT, file)}: ${title}`;
        const error = errors.get(name);
        if (error !== undefined && !error.expectedBy.includes(by)) error.expectedBy.push(by);
      }
    }
  }
  return [...errors.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The tests of a file, each with the source from its title to the next test's. */
export function testsOf(source: string): { title: string; body: string }[] {
  const starts = [...source.matchAll(/\bit\(\s*(["`])((?:\\.|(?!\1)[^\\])*)\1/g)];
  return starts.map((match, index) => ({
    title: match[2],
    body: source.slice(match.index, starts[index + 1]?.index ?? source.length),
  }));
}
