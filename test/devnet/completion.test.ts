import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { runSolvent } from "./support/solvent";

const ROOT = join(__dirname, "..", "..");

describe("devnet: completion of solvent in bash", function () {
  this.timeout(60_000);
  let script: string;

  before(async () => {
    ({ stdout: script } = await runSolvent(["completion", "bash"]));
  });

  /** What a real bash completes after the script; the last word is the one that stands at the cursor. */
  function complete(...words: string[]): string[] {
    const lines = [
      script,
      `solvent() { "${process.execPath}" --require tsx/cjs scripts/solvent.ts "$@"; }`,
      `COMP_WORDS=(solvent ${words.map((word) => `"${word}"`).join(" ")})`,
      `COMP_CWORD=${words.length}`,
      "_solvent",
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ];
    const output = execFileSync("bash", ["-c", lines.join("\n")], { cwd: ROOT, encoding: "utf8" });
    return output.split("\n").filter((word) => word !== "");
  }

  it("gives the names that begin so, and no others", () => {
    expect(complete("de")).to.have.members(["devnet", "deploy", "deposit", "demo"]);
    expect(complete("fau")).to.deep.equal(["fault"]);
    expect(complete("x")).to.deep.equal([]);
  });

  it("gives what can follow a name, once, and nothing where its usage names a value", () => {
    expect(complete("fault", "")).to.have.members(["add", "remove", "list"]);
    expect(complete("fault", "re")).to.deep.equal(["remove"]);
    expect(complete("fault", "add", "re")).to.deep.equal([]);
    expect(complete("fund", "")).to.deep.equal([]);
  });

  it("gives the flags that the command itself has", () => {
    expect(complete("status", "--da")).to.deep.equal(["--datadir"]);
  });

  it("knows two shells", async () => {
    expect((await runSolvent(["completion", "zsh"])).stdout).to.match(/bashcompinit/);
    expect(await runSolvent(["completion", "fish"])).to.include({ status: 2, stdout: "" });
  });
});
