import { readFileSync, writeFileSync } from "node:fs";
import { CHECKLIST, findListedTests } from "../support/checklist";

/** `npx tsx test/tools/checklist.ts`: writes under each id of docs/checklist.md the tests whose titles begin with it. */
const tests = findListedTests();
const blocks = readFileSync(CHECKLIST, "utf8").trimEnd().split("\n\n");
const written = blocks.map((block) => {
  const [, id] = /^\*\*(V\d\d)\*\* /.exec(block) ?? [];
  if (id === undefined) return block;
  const kept = block.split("\n").filter((line) => !line.startsWith("- "));
  const listed = (tests.get(id) ?? []).map(({ file, title }) => `- \`${file}\`: ${title}`);
  return [...kept, ...listed].join("\n");
});
writeFileSync(CHECKLIST, `${written.join("\n\n")}\n`);
