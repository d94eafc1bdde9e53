import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { choicesOf, completionScript } from "../../scripts/support/completion";

const ROOT = join(__dirname, "..", "..");
const COMMANDS = {
  devnet: "",
  deposit: "<amount>",
  demo: "",
  fault: "<add|remove|list> [kind] [seed]",
  step: "[l2|batch]",
};

/** What a real bash completes after the script; the last word is the one that stands at the cursor. */
function complete(...words: string[]): string[] {
  const script = [
    completionScript("bash", COMMANDS),
    `solvent() { "${process.execPath}" --require tsx/cjs scripts/solvent.ts "$@"; }`,
    `COMP_WORDS=(solvent ${words.map((word) => `"${word}"`).join(" ")})`,
    `COMP_CWORD=${words.length}`,
    "_solvent",
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join("\n");
  return execFileSync("bash", ["-c", script], { cwd: ROOT, encoding: "utf8" }).split("\n").filter(Boolean);
}

describe("devnet: completion of solvent in bash", function () {
  this.timeout(60_000);

  it("knows the words that a usage lets stand first, and none where it names a value", () => {
    expect(choicesOf("<add|remove|list> [kind] [seed]")).to.deep.equal(["add", "remove", "list"]);
    expect(choicesOf("[l2|batch]")).to.deep.equal(["l2", "batch"]);
    expect(choicesOf("<address> [amount] [ether|tokens]")).to.deep.equal([]);
    expect(choicesOf("")).to.deep.equal([]);
  });

  it("gives the names that begin so, and no others", () => {
    expect(complete("de")).to.have.members(["devnet", "deposit", "demo"]);
    expect(complete("fa")).to.deep.equal(["fault"]);
    expect(complete("x")).to.deep.equal([]);
  });

  it("gives what can follow a name, once", () => {
    expect(complete("fault", "")).to.have.members(["add", "remove", "list"]);
    expect(complete("fault", "re")).to.deep.equal(["remove"]);
    expect(complete("fault", "add", "re")).to.deep.equal([]);
    expect(complete("devnet", "re")).to.deep.equal([]);
  });

  it("gives the flags that the command itself has", () => {
    expect(complete("status", "--da")).to.deep.equal(["--datadir"]);
  });
});
