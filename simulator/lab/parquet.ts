import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { parseCsv } from "./report/table";

/** Files that are written again in columns. */
const TABLES = ["summary", "parties"] as const;

/**
 * Writes summary.parquet and parties.parquet beside the CSV files of a finished run: the same rows and names. A column of numbers is
 * DOUBLE (infinite where nothing came to an end), one of `true` and `false` BOOLEAN, any other STRING.
 * @returns the paths written.
 */
export async function writeParquet(out: string): Promise<string[]> {
  const paths: string[] = [];
  for (const table of TABLES) {
    const [header, ...lines] = parseCsv(readFileSync(join(out, `${table}.csv`), "utf8"));
    const filename = join(out, `${table}.parquet`);
    const columnData = header.map((name, at) => ({ name, ...columnOf(lines.map((line) => line[at])) }));
    await parquetWriteFile({ filename, columnData });
    paths.push(filename);
  }
  return paths;
}

function columnOf(cells: readonly string[]): { type: "BOOLEAN" | "DOUBLE" | "STRING"; data: unknown[] } {
  if (cells.every((cell) => cell === "true" || cell === "false"))
    return { type: "BOOLEAN", data: cells.map((cell) => cell === "true") };
  const isNumber = cells.every((cell) => cell !== "" && !Number.isNaN(Number(cell)));
  return isNumber ? { type: "DOUBLE", data: cells.map(Number) } : { type: "STRING", data: [...cells] };
}
