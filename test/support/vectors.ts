import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..", "..");
const PLACES = [
  process.env.SOLVENT_VECTORS_DIR,
  resolve(ROOT, "../shared/vectors"),
  resolve(ROOT, "../../shared/vectors"),
];

/**
 * The folder of an official suite (for example `eest-state-v5.4.0`), unpacked once into the system's scratch folder.
 * @returns null where the data is absent: the caller then skips and says so.
 * @throws Error when it is absent although SOLVENT_VECTORS=required.
 */
export function vectors(name: string): string | null {
  const archive = PLACES.filter((place) => place !== undefined)
    .map((place) => join(place, `${name}.tar.gz`))
    .find((path) => existsSync(path));
  if (archive === undefined) {
    if (process.env.SOLVENT_VECTORS === "required")
      throw new Error(`SOLVENT_VECTORS=required, but ${name}.tar.gz is absent`);
    return null;
  }
  const { size, mtimeMs } = statSync(archive);
  const folder = join(tmpdir(), `solvent-vectors-${name}-${size}-${Math.floor(mtimeMs)}`);
  if (!existsSync(folder)) unpack(archive, folder);
  return join(folder, name);
}

function unpack(archive: string, folder: string): void {
  mkdirSync(tmpdir(), { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "solvent-unpack-"));
  execFileSync("tar", ["-xzf", archive, "-C", scratch]);
  try {
    renameSync(scratch, folder);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
