/**
 * Exact comparison of JSON-RPC answers, but for error messages, of which only the code counts (the suite's own rule).
 * @returns null where equal, else the path of the first difference with both values.
 */
export function compare(actual: unknown, expected: unknown, path = ""): string | null {
  if (path === ".error.message") return null;
  if (path === ".error.data" && expected === undefined) return null;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return differ(path, actual, expected);
    if (actual.length !== expected.length) return `${path}: ${actual.length} entries, expected ${expected.length}`;
    return first(expected.map((entry, i) => () => compare(actual[i], entry, `${path}[${i}]`)));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null) return differ(path, actual, expected);
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return first(
      [...keys].map((key) => () => {
        const [a, e] = [(actual as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key]];
        return compare(a, e, `${path}.${key}`);
      }),
    );
  }
  return actual === expected ? null : differ(path, actual, expected);
}

/** For `speconly` cases: same kind of answer, same types and fields all through, values free. */
export function compareShape(actual: unknown, expected: unknown, path = ""): string | null {
  if (kind(actual) !== kind(expected)) return differ(path, actual, expected);
  if (Array.isArray(expected)) {
    const sample = expected[0];
    return first(
      (actual as unknown[]).map(
        (entry, i) => () => (sample === undefined ? null : compareShape(entry, sample, `${path}[${i}]`)),
      ),
    );
  }
  if (typeof expected !== "object" || expected === null) return null;
  // Maps keyed by data (addresses, slots, nonces) have no fixed fields.
  const keys = Object.keys(expected).filter((key) => !/^(0x|\d)/.test(key) && !isOptional(path, key));
  return first(
    keys.map((key) => () => {
      const [a, e] = [(actual as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key]];
      return compareShape(a, e, `${path}.${key}`);
    }),
  );
}

/** Fields that the suite's schemas do not require. */
function isOptional(path: string, key: string): boolean {
  if (key === "deleteStrategy") return true;
  return (
    /structLogs\[\d+\]$/.test(path) && ["memory", "storage", "returnData", "refund", "error", "stack"].includes(key)
  );
}

function kind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "string") return value.startsWith("0x") ? "hex" : "text";
  return typeof value;
}

function differ(path: string, actual: unknown, expected: unknown): string {
  const show = (value: unknown): string => (JSON.stringify(value) ?? "undefined").slice(0, 160);
  return `${path}: ${show(actual)}, expected ${show(expected)}`;
}

function first(checks: (() => string | null)[]): string | null {
  for (const check of checks) {
    const difference = check();
    if (difference !== null) return difference;
  }
  return null;
}
