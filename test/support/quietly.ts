import type { ConformanceTally } from "../conformance/main";

/** Runs a conformance suite without its lines on the console; of those it gives back the ones that say what failed. */
export async function quietly(
  run: () => Promise<ConformanceTally>,
): Promise<{ tally: ConformanceTally; failures: string[] }> {
  const failures: string[] = [];
  const { log } = console;
  console.log = (line: unknown) => {
    if (String(line).startsWith("failed")) failures.push(String(line));
  };
  try {
    return { tally: await run(), failures };
  } finally {
    console.log = log;
  }
}
