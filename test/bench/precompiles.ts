import { dearCases, GAS_A_SECOND, measure } from "./precompiles/measure";

/** Host precompiles on one core, by the inputs that cost the most for their gas. */
export async function bench(): Promise<string> {
  const speeds = (await measure(dearCases())).sort((a, b) => a.gasASecond - b.gasASecond);
  return [
    `A node's answer to a request, its key's hash and all, by the dearest good inputs: points, pairs or terms behind the comma. Bar: ${GAS_A_SECOND / 1e6} million gas a second on one core.`,
    "",
    "| precompile | gas | µs | million gas a second |",
    "|---|---|---|---|",
    ...speeds.map(
      ({ name, gas, microseconds, gasASecond }) =>
        `| ${name} | ${gas} | ${microseconds.toFixed(0)} | ${(gasASecond / 1e6).toFixed(1)} |`,
    ),
  ].join("\n");
}
