import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportPage } from "./page";
import { readResults } from "./table";

/**
 * Writes report.html into the first of these folders of results.
 * @returns its path. @throws SolventError `config-invalid` for a folder without results.
 */
export function writeReport(folders: readonly string[]): string {
  const path = join(folders[0], "report.html");
  writeFileSync(path, reportPage(folders.map(readResults)));
  return path;
}
