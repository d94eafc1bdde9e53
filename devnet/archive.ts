import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { SolventError } from "../protocol/errors";

const MAGIC = "solvent devnet 1\n";
/** What a devnet makes anew, or what belongs to its processes alone. */
const LEFT_OUT = /^(lock|logs|snapshots)(\/|$)|\.config\.json$|^devnet\.json$|\/LOCK$|\/LOG(\.old)?$/;

/**
 * Writes a devnet's folder into one file. Nothing may write to the folder meanwhile but L1's journal, of whose last line a part may be missing.
 * The form: gzip over a line that names it and, for each file, a JSON line `[path, bytes]` before its bytes.
 * @returns bytes of the file.
 */
export function packFolder(folder: string, file: string): number {
  const parts: Buffer[] = [Buffer.from(MAGIC)];
  for (const path of filesIn(folder)) {
    const name = relative(folder, path).split(sep).join("/");
    if (LEFT_OUT.test(name)) continue;
    const bytes = readFileSync(path);
    parts.push(Buffer.from(JSON.stringify([name, bytes.length]) + "\n"), bytes);
  }
  const packed = gzipSync(Buffer.concat(parts));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, packed, { mode: 0o600 });
  return packed.length;
}

/**
 * Fills an empty folder from such a file.
 * @throws SolventError `config-invalid` where the file is none, names a path outside, or the folder has something in it.
 */
export function unpackFolder(file: string, folder: string): void {
  const refuse = (text: string, cause?: unknown): never => {
    throw new SolventError("config-invalid", text, { cause });
  };
  if (existsSync(folder) && readdirSync(folder).some((name) => name !== "logs" && name !== "lock"))
    refuse(`${folder} has something in it: a snapshot is loaded into an empty --datadir`);
  let bytes: Buffer;
  try {
    bytes = gunzipSync(readFileSync(file));
  } catch (cause) {
    return refuse(`${file} cannot be read as a snapshot of a devnet`, cause);
  }
  if (!bytes.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC)))
    refuse(`${file} is no snapshot of a devnet of this version`);
  for (let at = MAGIC.length; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    const [name, length] = JSON.parse(bytes.subarray(at, end).toString()) as [string, number];
    const path = resolve(folder, name);
    if (!path.startsWith(resolve(folder) + sep)) refuse(`${file} names ${name}, which is outside`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes.subarray(end + 1, end + 1 + length));
    at = end + 1 + length;
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    })
    .sort();
}
