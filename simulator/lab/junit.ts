import type { Scenario } from "./scenario/schema";

/** JUnit's XML with a case for each threshold of the scenario. @param missed - Lines that begin with a threshold's name. */
export function junit({ name, thresholds }: Scenario, missed: readonly string[]): string {
  const names = Object.keys(thresholds);
  const cases = names.map((threshold) => {
    const failure = missed.find((line) => line.startsWith(`${threshold}:`));
    const inner = failure === undefined ? "" : `<failure message="${escaped(failure)}"/>`;
    return `  <testcase classname="${escaped(name)}" name="${threshold}">${inner}</testcase>`;
  });
  const head = `<testsuite name="${escaped(name)}" tests="${names.length}" failures="${missed.length}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...cases, "</testsuite>"].join("\n")}\n`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
