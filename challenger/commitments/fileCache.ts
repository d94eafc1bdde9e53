import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const UNFINISHED = ".part";

/** Files in a folder that can be computed anew, so many bytes of them at most: those that nobody has read for longest go first. */
export class FileCache {
  /** Bytes by name, the longest unread first. */
  private readonly sizes = new Map<string, number>();
  private bytes = 0;

  /** @param folder - made where it is missing; what a process left unfinished there is removed. */
  constructor(
    private readonly folder: string,
    private readonly maxBytes: number,
  ) {
    mkdirSync(folder, { recursive: true });
    const found = readdirSync(folder).map((name) => ({ name, ...sizeAndTime(join(folder, name)) }));
    for (const { name, size } of found.sort((a, b) => a.readAt - b.readAt))
      if (name.endsWith(UNFINISHED)) rmSync(join(folder, name), { force: true });
      else this.note(name, size);
    this.trim();
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  /** @returns null where it is not there, or cannot be read. */
  read(name: string): Uint8Array | null {
    const size = this.sizes.get(name);
    if (size === undefined) return null;
    const file = join(this.folder, name);
    try {
      const bytes = new Uint8Array(readFileSync(file));
      const now = new Date();
      utimesSync(file, now, now);
      this.note(name, size);
      return bytes;
    } catch {
      return null;
    }
  }

  write(name: string, bytes: Uint8Array): void {
    const file = join(this.folder, name);
    writeFileSync(file + UNFINISHED, bytes);
    renameSync(file + UNFINISHED, file);
    this.note(name, bytes.length);
    this.trim();
  }

  private note(name: string, size: number): void {
    this.bytes += size - (this.sizes.get(name) ?? 0);
    this.sizes.delete(name);
    this.sizes.set(name, size);
  }

  private trim(): void {
    for (const [name, size] of this.sizes) {
      if (this.bytes <= this.maxBytes) return;
      rmSync(join(this.folder, name), { force: true });
      this.sizes.delete(name);
      this.bytes -= size;
    }
  }
}

function sizeAndTime(file: string): { size: number; readAt: number } {
  const { size, mtimeMs } = statSync(file);
  return { size, readAt: mtimeMs };
}
