import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { globSync } from "./glob";
import { testsOf } from "./customErrors";

const ROOT = join(__dirname, "..", "..");
export const CHECKLIST = join(ROOT, "docs", "checklist.md");
/** How the checklist names a test. */
const TEST_LINE = /^- `(?<file>[^`]+)`: (?<title>.+)$/;

export interface ListedTest {
  file: string;
  /** As in the source: a title made of parts keeps its `${..}`. */
  title: string;
}

/** An id of docs/checklist.md. */
export interface ChecklistEntry {
  id: string;
  /** Whether it says why the design makes the mistake impossible. */
  hasReason: boolean;
  tests: ListedTest[];
}

/** The entries of docs/checklist.md, in its order. */
export function readChecklist(text = readFileSync(CHECKLIST, "utf8")): ChecklistEntry[] {
  const entries: ChecklistEntry[] = [];
  for (const line of text.split("\n")) {
    const [, id] = /^\*\*(V\d\d)\*\* /.exec(line) ?? [];
    if (id !== undefined) entries.push({ id, hasReason: false, tests: [] });
    const entry = entries.at(-1);
    if (entry === undefined) continue;
    if (line.startsWith("By design: ")) entry.hasReason = true;
    const { groups } = TEST_LINE.exec(line) ?? {};
    if (groups !== undefined) entry.tests.push({ file: groups.file, title: groups.title });
  }
  return entries;
}

/** The tests whose titles begin with checklist ids (`V03 ...`, `V52 V36 ...`), under each of their ids. */
export function findListedTests(): Map<string, ListedTest[]> {
  const found = new Map<string, ListedTest[]>();
  for (const path of globSync(join(ROOT, "test"), /\.(test|full)\.ts$/)) {
    for (const { title } of testsOf(readFileSync(path, "utf8"))) {
      for (const id of title.match(/^(?:V\d\d[ :,]+)+/)?.[0].match(/V\d\d/g) ?? []) {
        const file = relative(ROOT, path);
        const list = found.get(id) ?? [];
        if (!list.some((test) => test.file === file && test.title === title)) list.push({ file, title });
        found.set(id, list);
      }
    }
  }
  return found;
}
