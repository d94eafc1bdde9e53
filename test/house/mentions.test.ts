import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { danglingMentions, type Known } from "./mentions";

const ROOT = join(__dirname, "..", "..");

describe("what comments and documents name", () => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT })
    .toString()
    .trim()
    .split("\n");
  const known = knownOf(files);
  const rooms = [...new Set(files.filter((file) => file.includes("/")).map((file) => file.split("/")[0]))];

  it("is there: each path, and each twin", () => {
    const speaking = files.filter((file) => /\.(ts|sol|md)$/.test(file) && file !== "test/house/mentions.test.ts");
    expect(speaking.length).to.be.greaterThan(500);
    const dangling = speaking.flatMap((file) =>
      danglingMentions(file, readFileSync(join(ROOT, file), "utf8"), known, rooms),
    );
    expect(dangling.map(({ file, line, text }) => `${file}:${line}: ${text}`)).to.deep.equal([]);
  });

  describe("shown to fail on planted faults", () => {
    const dangling = (file: string, text: string): string[] =>
      danglingMentions(file, text, known, rooms).map((mention) => mention.text);

    it("finds a file that is gone, in a comment and in a document", () => {
      expect(dangling("node/x.ts", "// as in node/engine/reasons.ts")).to.deep.equal(["node/engine/reasons.ts"]);
      expect(dangling("docs/x.md", "see `node/engine/reasons.ts`.")).to.deep.equal(["node/engine/reasons.ts"]);
    });

    it("finds a folder that is gone where it is quoted", () => {
      expect(dangling("docs/x.md", "the codecs (`node/protocol`)")).to.deep.equal(["node/protocol"]);
    });

    it("finds a twin that is gone", () => {
      expect(dangling("vm/x.ts", "/** Twin of `MemoryProofs.root` on L1. */")).to.deep.equal([
        "Twin of MemoryProofs.root",
      ]);
    });

    it("passes over code, what is built, and what is there", () => {
      expect(dangling("node/x.ts", 'import "node/none.ts";\n// build/none.json, docs/spec/06-game.md')).to.deep.equal(
        [],
      );
      expect(dangling("vm/x.ts", "/** Twin of `Timers.own`. */")).to.deep.equal([]);
    });
  });
});

function knownOf(files: readonly string[]): Known {
  const paths = new Set<string>();
  for (const file of files) {
    const parts = file.split("/");
    parts.forEach((_, i) => paths.add(parts.slice(0, i + 1).join("/")));
  }
  const names = new Set<string>();
  const declared =
    /\b(?:function|class|interface|type|const|enum|struct|library|contract|abstract contract|error|event|uint\d*|bytes\d*|bool|let)\s+(?:(?:internal|private|public|constant|memory|immutable)\s+)*(\w+)|^\s*(\w+)\s*\(/gm;
  for (const file of files.filter((path) => /\.(ts|sol)$/.test(path)))
    for (const [, name, method] of readFileSync(join(ROOT, file), "utf8").matchAll(declared)) names.add(name ?? method);
  return { hasPath: (path) => paths.has(path.replace(/\/$/, "")), hasName: (name) => names.has(name) };
}
