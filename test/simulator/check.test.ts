import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { fromHex, toHex, word } from "../../protocol";
import { runInMachine } from "../../simulator/proveProgram";
import { flatten } from "../../vm/flatten";

const ROOT = join(__dirname, "..", "..");
const WORKSHOP = join(ROOT, "docs", "workshop");
const EXERCISES = 8;
const TSX = ["--require", require.resolve("tsx/cjs")];

/** The code blocks of a page, in one language. */
const blocks = (page: string, language: string): string[] =>
  [...readFileSync(join(WORKSHOP, page), "utf8").matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(
    ([, text]) => text,
  );

describe("workshop: what solvent check finds without a devnet", function () {
  this.timeout(240_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "solvent-check-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Titles of what is missing. Nothing answers at that URL: these exercises need no devnet. */
  const missing = (exercise: string): Promise<string[]> =>
    new Promise((resolve) =>
      execFile(
        process.execPath,
        [...TSX, "scripts/solvent.ts", "check", exercise, "--dir", folder, "--url", "http://127.0.0.1:1"],
        { cwd: ROOT },
        (error, stdout, stderr) => {
          const lines = [...stdout.matchAll(/^MISSING +(.*)$/gm)].map(([, what]) => what);
          expect(stderr).to.equal("");
          expect(error === null ? 0 : error.code).to.equal(lines.length === 0 ? 0 : 1);
          resolve(lines);
        },
      ),
    );
  const simulate = (...args: string[]): Promise<void> =>
    new Promise((resolve, reject) =>
      execFile(
        process.execPath,
        [...TSX, "scripts/simulate.ts", "run", ...args, "--workers", "0"],
        { cwd: ROOT },
        (error) => (error === null ? resolve() : reject(error)),
      ),
    );

  it("has a page for each exercise, named in the list, with a question whose answer is folded", () => {
    const list = readFileSync(join(WORKSHOP, "README.md"), "utf8");
    const pages = [...list.matchAll(/\]\((0\d-\w+\.md)\)/g)].map(([, page]) => page);
    expect(pages).to.have.length(EXERCISES);
    for (const [i, page] of pages.entries()) {
      const text = readFileSync(join(WORKSHOP, page), "utf8");
      expect(text, page).to.include(`solvent -- check ${i + 1}`);
      for (const part of ["**Goal.**", "**You should see**", "**Question.**", "<details><summary>Answer</summary>"])
        expect(text, `${page}: ${part}`).to.include(part);
    }
  });

  it("6: wants a proof of the last step, of a program that is still what was proven", async () => {
    expect(await missing("6")).to.have.length(1);
    const file = join(WORKSHOP, "programs", "primes.wasm");
    const input = toHex(word(7n));
    const { output, steps } = runInMachine(flatten(new Uint8Array(readFileSync(file))), fromHex(input), 1n << 20n);
    const record = {
      ...{ file, input, output, steps: Number(steps), step: Number(steps) - 1 },
      ...{ proofGas: 70_000, witnessBytes: 800 },
    };
    const write = (change: Partial<typeof record>): void =>
      writeFileSync(join(folder, "proof.json"), JSON.stringify({ ...record, ...change }));
    write({ step: 3 });
    expect(await missing("6")).to.deep.equal(["the step is the run's last one"]);
    write({ output: toHex(word(1n)) });
    expect(await missing("6")).to.deep.equal(["its program gives that output again"]);
    write({});
    expect(await missing("6")).to.deep.equal([]);
  });

  it("8: wants a strategy that the house does not have, and that gains something by it", async () => {
    expect(await missing("8")).to.have.length(2);
    const scenario = join(WORKSHOP, "liar.yaml");
    await simulate(scenario, "--out", join(folder, "liar"));
    expect(await missing("8")).to.have.length(1);
    const [first, better] = blocks("08-strategy.md", "ts");
    const here = first.replaceAll("../simulator", join(ROOT, "simulator"));
    const mine = join(folder, "mine.yaml");
    writeFileSync(mine, readFileSync(scenario, "utf8").replace("strategy: liar", "strategy: mine"));
    const play = async (strategy: string): Promise<void> => {
      writeFileSync(join(folder, "mine.ts"), strategy);
      await simulate(mine, "--strategy", join(folder, "mine.ts"), "--out", join(folder, "mine"));
    };
    await play(here);
    expect((await missing("8")).map((what) => what.slice(0, 21))).to.deep.equal(["it keeps the truth wa"]);
    await play(here.replace(/^ {4}return \{ decide.*\n/m, better));
    expect(await missing("8")).to.deep.equal([]);
  });

  it("refuses a strategy that is none, or whose name is taken, in one line", async () => {
    const refusal = async (module: string): Promise<string> => {
      const file = join(folder, "strategy.ts");
      writeFileSync(file, module);
      const scenario = join(WORKSHOP, "liar.yaml");
      return simulate(scenario, "--strategy", file, "--out", join(folder, "out")).then(
        () => "played",
        (error: Error) => error.message,
      );
    };
    expect(await refusal("export default 7;")).to.match(/\[config-invalid\] a strategy has a name/);
    expect(await refusal('throw new Error("no");')).to.match(/\[config-invalid\] .*strategy\.ts is no strategy: no/);
    const taken = 'export default { name: "liar", about: "", sit: () => ({ decide: () => [] }) };';
    expect(await refusal(taken)).to.match(/\[config-invalid\] there is a strategy "liar" already/);
  });
});
