import { readFileSync } from "node:fs";
import type { z } from "zod";
import { SolventError } from "../../protocol/errors";

/**
 * Reads one JSON file, lets flags override single keys, and validates the whole.
 * @param path - undefined takes flags and defaults alone.
 * @param overrides - `a.b=value` each; the value is JSON, or text where it is no JSON.
 * @throws SolventError `config-unreadable`, or `config-invalid` naming the key that is wrong.
 */
export function loadConfig<Schema extends z.ZodType>(
  schema: Schema,
  path: string | undefined,
  overrides: readonly string[] = [],
): z.output<Schema> {
  const config = path === undefined ? {} : readJson(path);
  for (const override of overrides) setKey(config, override);
  return parseConfig(schema, config, path ?? "flags");
}

/** Validates a configuration that is already an object. @throws SolventError `config-invalid` naming the key. */
export function parseConfig<Schema extends z.ZodType>(
  schema: Schema,
  config: unknown,
  source = "configuration",
): z.output<Schema> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const unknown = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key].join(".")) : [];
    const key = unknown.length > 0 ? unknown.join(", ") : issue.path.join(".") || "(top level)";
    return `${key}: ${unknown.length > 0 ? "no such key" : issue.message}`;
  });
  throw new SolventError("config-invalid", `${source}: ${problems.join("; ")}`);
}

function readJson(path: string): Record<string, unknown> {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as unknown;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not a JSON object");
    return value as Record<string, unknown>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SolventError("config-unreadable", `cannot read the configuration ${path}: ${reason}`, { cause });
  }
}

function setKey(config: Record<string, unknown>, override: string): void {
  const at = override.indexOf("=");
  if (at <= 0) throw new SolventError("config-invalid", `--set ${override}: must be key=value`);
  const keys = override.slice(0, at).split(".");
  const text = override.slice(at + 1);
  let target = config;
  for (const key of keys.slice(0, -1)) {
    if (typeof target[key] !== "object" || target[key] === null) target[key] = {};
    target = target[key] as Record<string, unknown>;
  }
  target[keys.at(-1)!] = parseValue(text);
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
