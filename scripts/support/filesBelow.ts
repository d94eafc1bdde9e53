import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Files below a folder, recursively, whose path matches; none where the folder is not there. */
export function filesBelow(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => pattern.test(path));
}
