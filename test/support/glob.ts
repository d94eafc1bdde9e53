import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Files below `folder` (recursively, sorted) whose path matches `pattern`; empty when the folder does not exist. */
export function globSync(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => pattern.test(path))
    .sort();
}
