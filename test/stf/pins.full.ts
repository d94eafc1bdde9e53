import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildTarget } from "../../stf/build/stf";

const BUILD = join(__dirname, "..", "..", "build");

describe("building the program again", function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(BUILD, "again-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const name of ["stf.wasm", "engine.wasm"] as const) {
    it(`gives the same bytes of ${name}`, async () => {
      await buildTarget(name, join(folder, name));
      expect(Buffer.compare(readFileSync(join(folder, name)), readFileSync(join(BUILD, name)))).to.equal(0);
    });
  }
});
