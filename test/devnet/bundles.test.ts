import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { freshBundles } from "../../devnet/bundles";
import { FOLDER, freshFolder, VERSION } from "../../devnet/bundles/fresh.cjs";
import { loaderArguments, moduleFile, useBundles } from "../../node/modules";

const ROOT = join(__dirname, "..", "..");
const SEQUENCER = join(ROOT, "sequencer", "main");

describe("devnet: bundles of what is started", function () {
  this.timeout(120_000);
  let bundles: string;
  before(async () => {
    bundles = (await freshBundles())!;
  });
  afterEach(() => useBundles(null));

  it("starts a module out of its bundle, one that has none from its source, and without bundles all from sources", () => {
    useBundles(bundles);
    expect(moduleFile(SEQUENCER)).to.equal(join(bundles, "sequencer.main.js"));
    expect(loaderArguments(moduleFile(SEQUENCER))).to.deep.equal(["--enable-source-maps"]);
    expect(moduleFile(join(__dirname, "bundles.test"))).to.equal(__filename);
    useBundles(null);
    expect(moduleFile(SEQUENCER)).to.equal(`${SEQUENCER}.ts`);
    expect(loaderArguments(`${SEQUENCER}.ts`)).to.deep.equal(["--require", require.resolve("tsx/cjs")]);
  });

  it("names file and line of the source in a stack trace", () => {
    const lines = readFileSync(join(bundles, "processes.js"), "utf8").split("\n");
    const map = new SourceMap(
      JSON.parse(readFileSync(join(bundles, "processes.js.map"), "utf8")) as unknown as SourceMapPayload,
    );
    const at = lines.findIndex((line) => /\bSequencer=class\b/.test(line));
    expect(at, "the sequencer's class").to.be.greaterThan(0);
    const found = map.findEntry(at, lines[at].search(/\bSequencer=class\b/) + "Sequencer=".length);
    expect("originalSource" in found && found.originalSource).to.match(/\/sequencer\/sequencer\.ts$/);
    const source = readFileSync(join(ROOT, "sequencer", "sequencer.ts"), "utf8").split("\n");
    expect("originalLine" in found && source[found.originalLine]).to.include("class Sequencer");
  });

  describe("are those of the sources as they are now", () => {
    const root = mkdtempSync(join(tmpdir(), "solvent-bundles-"));
    after(() => rmSync(root, { recursive: true, force: true }));
    const source = join(root, "a.ts");
    const manifest = (changes: object = {}): void =>
      writeFileSync(
        join(root, FOLDER, "manifest.json"),
        JSON.stringify({
          version: VERSION,
          folder: "0123",
          inputs: { "a.ts": createHash("sha256").update("one").digest("hex") },
          ...changes,
        }),
      );
    beforeEach(() => {
      mkdirSync(join(root, FOLDER, "0123"), { recursive: true });
      writeFileSync(source, "one");
      manifest();
    });

    it("while each byte is the same", () => {
      expect(freshFolder(root)).to.equal(join(root, FOLDER, "0123"));
    });

    const changes: [what: string, change: () => void][] = [
      ["one byte of a source changed", () => writeFileSync(source, "onE")],
      ["a source is gone", () => rmSync(source)],
      ["the bundles are gone", () => rmSync(join(root, FOLDER, "0123"), { recursive: true })],
      ["another version wrote them", () => manifest({ version: VERSION + 1 })],
      ["nothing was ever built", () => rmSync(join(root, FOLDER, "manifest.json"))],
    ];
    for (const [what, change] of changes)
      it(`not where ${what}`, () => {
        change();
        expect(freshFolder(root)).to.equal(null);
      });
  });
});
