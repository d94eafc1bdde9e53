import { expect } from "chai";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileCache } from "../../../challenger/commitments/fileCache";

describe("challenger: finished trees on disk", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "solvent-trees-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const names = (): string[] => readdirSync(folder).sort();

  it("are so many bytes at most, those unread for longest removed first", () => {
    const cache = new FileCache(folder, 30);
    for (const name of ["a", "b", "c"]) cache.write(name, new Uint8Array(10).fill(1));
    // At the bound all are there.
    expect(names()).to.deep.equal(["a", "b", "c"]);
    expect(cache.read("a")).to.deep.equal(new Uint8Array(10).fill(1));
    cache.write("d", new Uint8Array(1));
    expect(names()).to.deep.equal(["a", "c", "d"]);
    expect([cache.read("b"), cache.sizeBytes]).to.deep.equal([null, 21]);
    cache.write("a", new Uint8Array(2));
    expect(cache.sizeBytes).to.equal(13);
    cache.write("huge", new Uint8Array(31));
    expect([names(), cache.sizeBytes]).to.deep.equal([[], 0]);
  });

  it("are found by the next process, in the order in which they were read, and what was not finished is removed", () => {
    const at = { new: 3, old: 1, middle: 2 };
    for (const [name, seconds] of Object.entries(at)) {
      writeFileSync(join(folder, name), new Uint8Array(10));
      utimesSync(join(folder, name), seconds, seconds);
    }
    writeFileSync(join(folder, "torn.part"), new Uint8Array(10));
    const cache = new FileCache(folder, 20);
    expect(names()).to.deep.equal(["middle", "new"]);
    rmSync(join(folder, "new"));
    expect(cache.read("new")).to.equal(null);
  });
});
