import { listCustomErrors } from "../support/customErrors";

/** `tsx test/tools/guards.ts`: lists every custom error of contracts/ and the tests that expect it; status 1 where one has none. */
for (const { name, declaredIn, expectedBy } of listCustomErrors()) {
  console.log(`${name} (${declaredIn.join(", ")})`);
  for (const test of expectedBy) console.log(`    ${test}`);
  if (expectedBy.length >= declaredIn.length) continue;
  console.log(`    ${expectedBy.length} tests for ${declaredIn.length} declarations`);
  process.exitCode = 1;
}
