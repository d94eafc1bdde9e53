import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { arrowsOf, circlesOf, sourcesBelow, type Arrow } from "./imports";
import { KNOWN_CIRCLES, MAY_IMPORT, RESERVED } from "./plan";

const ROOT = join(__dirname, "..", "..");

describe("the floor plan", () => {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.tsx"], { cwd: ROOT });
  const paths = listed.toString().trim().split("\n").filter(isOfTheHouse);
  const read = sourcesBelow(ROOT, paths);
  const arrows = arrowsOf(paths, read);

  it("knows every top folder that holds TypeScript", () => {
    const folders = new Set(paths.map(topOf));
    expect([...folders].filter((folder) => MAY_IMPORT[folder] === undefined)).to.deep.equal([]);
  });

  it("has no arrow that the table does not allow", () => {
    expect(newArrows(arrows)).to.deep.equal([]);
  });

  it("has no file of the product that imports a test, and nobody who imports a script", () => {
    const into = (folder: string): Arrow[] =>
      arrows.filter(({ from, to }) => topOf(to) === folder && topOf(from) !== folder);
    expect([...into("test"), ...into("scripts")]).to.deep.equal([]);
  });

  it("keeps what lies are made of out of honest code", () => {
    expect(reservedArrows(arrows)).to.deep.equal([]);
  });

  it("has no circle of files but those that are named with their reason", () => {
    const circles = circlesOf(arrows).filter((circle) => !circle.some((file) => KNOWN_CIRCLES.includes(file)));
    expect(circles).to.deep.equal([]);
  });

  it("has no circle of top folders, and none of folders within node/", () => {
    expect(circlesOf(between(arrows, topOf))).to.deep.equal([]);
    const inNode = arrows.filter(({ from, to }) => topOf(from) === "node" && topOf(to) === "node");
    expect(circlesOf(between(inNode, (path) => path.split("/").slice(0, 2).join("/")))).to.deep.equal([]);
  });

  describe("shown to fail on planted faults", () => {
    const house = {
      "protocol/types.ts": "export type Hex = string;",
      "node/chain/index.ts": 'export { head } from "./head";',
      "node/chain/head.ts": 'import type { Hex } from "../../protocol/types"; export const head: Hex = "0x";',
      "challenger/main.ts": 'import { head } from "../node/chain"; console.log(head);',
    };
    const plant = (files: Record<string, string>): Arrow[] => {
      const all: Record<string, string> = { ...house, ...files };
      return arrowsOf(Object.keys(all), (path) => all[path]);
    };

    it("finds nothing in a house in order, and follows a name through an index file", () => {
      expect(newArrows(plant({}))).to.deep.equal([]);
      expect(plant({})).to.deep.include({ from: "challenger/main.ts", to: "node/chain/head.ts" });
    });

    it("finds a type that the ground takes from a node", () => {
      const arrow = { from: "protocol/bad.ts", to: "node/chain/head.ts" };
      expect(newArrows(plant({ "protocol/bad.ts": 'import type { head } from "../node/chain";' }))).to.deep.equal([
        arrow,
      ]);
    });

    it("finds an actor that imports another, also at run time", () => {
      const arrow = { from: "challenger/bad.ts", to: "verifier/v.ts" };
      const files = { "verifier/v.ts": "export const v = 1;", "challenger/bad.ts": 'void import("../verifier/v");' };
      expect(newArrows(plant(files))).to.deep.equal([arrow]);
    });

    it("finds honest code that imports a lie", () => {
      const files = {
        "games/history/patchedTree.ts": "export class PatchedTree {}",
        "challenger/bad.ts": 'import { PatchedTree } from "../games/history/patchedTree"; new PatchedTree();',
      };
      expect(reservedArrows(plant(files))).to.have.length(1);
    });

    it("finds a circle of two files, and one of two folders", () => {
      const files = {
        "node/chain/a.ts": 'import { b } from "../l1/b"; export const a = b;',
        "node/l1/b.ts": 'import type { a } from "../chain/a"; export const b = 1 as typeof a;',
      };
      expect(circlesOf(plant(files))).to.deep.equal([["node/chain/a.ts", "node/l1/b.ts"]]);
      expect(circlesOf(between(plant(files), (path) => path.split("/").slice(0, 2).join("/")))).to.have.length(1);
    });
  });
});

/** Tools' own files at the root are no part of the plan. */
function isOfTheHouse(path: string): boolean {
  return path.includes("/") && !path.startsWith("contracts/") && !path.startsWith("docs/");
}

function topOf(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

function newArrows(arrows: readonly Arrow[]): Arrow[] {
  return arrows.filter(({ from, to }) => {
    const [a, b] = [topOf(from), topOf(to)];
    return a !== b && MAY_IMPORT[a]?.includes(b) !== true;
  });
}

function reservedArrows(arrows: readonly Arrow[]): Arrow[] {
  return arrows.filter(
    ({ from, to }) => to in RESERVED && !RESERVED[to].includes(topOf(from)) && topOf(from) !== topOf(to),
  );
}

function between(arrows: readonly Arrow[], roomOf: (path: string) => string): Arrow[] {
  return arrows.map(({ from, to }) => ({ from: roomOf(from), to: roomOf(to) })).filter(({ from, to }) => from !== to);
}
