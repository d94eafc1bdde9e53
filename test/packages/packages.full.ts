import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

const ROOT = join(__dirname, "..", "..");
const PACKED = join(ROOT, "build", "packages");

/** The most that a tarball may weigh, in kB, and exactly how many packages it asks for. */
const PINS: Readonly<Record<string, { kilobytes: number; dependencies: number }>> = {
  "@solvent/protocol": { kilobytes: 34, dependencies: 2 },
  "@solvent/vm": { kilobytes: 85, dependencies: 0 },
  "@solvent/program": { kilobytes: 400, dependencies: 0 },
  "@solvent/games": { kilobytes: 67, dependencies: 3 },
  "@solvent/client": { kilobytes: 23, dependencies: 3 },
  "@solvent/simulator": { kilobytes: 160, dependencies: 9 },
  solvent: { kilobytes: 1_610, dependencies: 24 },
};

const COMMON = `
const { toHex, word } = require("@solvent/protocol");
const { decodeBatch } = require("@solvent/protocol/batch");
const { flatten, commitProgram } = require("@solvent/vm");
const { PROGRAM_FILES, readCommitment } = require("@solvent/program");
const { HonestPlayer } = require("@solvent/games");
const { depositEther } = require("@solvent/client");
const { parseScenario, playGame, playSetupOf, readScenario } = require("@solvent/simulator");
const scenario = readScenario("node_modules/@solvent/simulator/dist/scenarios/edges-crowd.yaml");
const { outcome } = playGame(playSetupOf(scenario, 1));
if (outcome === undefined || parseScenario === undefined) throw new Error("no outcome");
const program = flatten(require("node:fs").readFileSync(PROGRAM_FILES.program));
const { programHash } = commitProgram(program);
if (programHash !== readCommitment().programHash) throw new Error("another program");
console.log([toHex(word(1)), decodeBatch, HonestPlayer, depositEther].map((one) => typeof one).join());
`;

const USER_PROGRAM = `
import { readFileSync } from "node:fs";
import { createMachine, emptyHost, flatten, Status, type Machine } from "@solvent/vm";
import type { HistoryTree, Move } from "@solvent/games";
import { withdrawalStatus, type WithdrawalStatus } from "@solvent/client";
import type { Hex } from "@solvent/protocol/types";

const program = flatten(readFileSync("program.wasm"));
const machine: Machine = createMachine(program, { input: new Uint8Array(32), inboxLimit: { batchCount: 0n, delayedCount: 0n }, host: emptyHost });
machine.run(10n);
export const isRunning: boolean = machine.status === Status.running;
export const root = (tree: HistoryTree): Hex => tree.root;
export const kind = (move: Move): string => move.kind;
export const state = async (...all: Parameters<typeof withdrawalStatus>): Promise<WithdrawalStatus["state"]> =>
  (await withdrawalStatus(...all)).state;
`;

describe("the packages", function () {
  this.timeout(900_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-packages-"));
  const node = (file: string): string => execFileSync(process.execPath, [file], { cwd: folder, encoding: "utf8" });

  before(() => {
    execFileSync(process.execPath, [require.resolve("tsx/cli"), "scripts/pack.ts"], { cwd: ROOT, stdio: "inherit" });
    const tarballs = readdirSync(PACKED).filter((file) => file.endsWith(".tgz"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
    const files = tarballs.map((file) => join(PACKED, file));
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...files], { cwd: folder });
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, { kilobytes, dependencies }] of Object.entries(PINS))
    it(`weighs at most ${kilobytes} kB and asks for ${dependencies} packages: ${name}`, () => {
      const manifest = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")) as {
        version: string;
        dependencies?: object;
      };
      expect(Object.keys(manifest.dependencies ?? {})).to.have.length(dependencies);
      const file = `${name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
      expect(statSync(join(PACKED, file)).size / 1000).to.be.at.most(kilobytes);
    });

  it("asks a user of the libraries for no Hardhat", () => {
    for (const name of Object.keys(PINS).filter((one) => one !== "solvent")) {
      const manifest = readFileSync(join(folder, "node_modules", name, "package.json"), "utf8");
      expect(manifest, name).not.to.match(/hardhat/);
    }
  });

  it("loads as CommonJS, and gives the program that was committed to", () => {
    writeFileSync(join(folder, "common.cjs"), COMMON);
    expect(node("common.cjs").trim()).to.equal("string,function,function,function");
  });

  it("loads as ESM", () => {
    const esm = COMMON.replace(/const (\{.*?\}) = require\((.*?)\);/g, "import $1 from $2;")
      .replace('require("node:fs").readFileSync', "readFileSync")
      .concat('import { readFileSync } from "node:fs";\n');
    writeFileSync(join(folder, "esm.mjs"), esm);
    expect(node("esm.mjs").trim()).to.equal("string,function,function,function");
  });

  it("type-checks a user's program", () => {
    writeFileSync(join(folder, "user.ts"), USER_PROGRAM);
    const types = join(ROOT, "node_modules", "@types");
    const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "node20", "--target", "es2022"];
    const args = [require.resolve("typescript/bin/tsc"), ...flags, "--typeRoots", types, "--types", "node", "user.ts"];
    execFileSync(process.execPath, args, { cwd: folder, stdio: "inherit" });
  });

  it("explains a configuration by `npx solvent explain`", () => {
    const text = execFileSync("npx", ["solvent", "explain", "treasury"], { cwd: folder, encoding: "utf8" });
    expect(text).to.contain("steady capital of a proposer | 620 ether");
  });

  it("starts a devnet by `npx solvent devnet`, from the tarballs alone", async () => {
    const ports = ["--l1-port", "--port", "--verifier-port", "--explorer-port"].flatMap((flag) => [flag, "0"]);
    const child = spawn("npx", ["solvent", "devnet", ...ports], { cwd: folder, detached: true });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => output.push(String(data)));
    try {
      await new Promise<void>((resolve, reject) => {
        child.stdout.on("data", () => output.join("").includes("READY in") && resolve());
        child.once("exit", (code) => reject(new Error(`ended with status ${code}: ${output.join("")}`)));
      });
      const [, url] = /L2 +(http:\S+)/.exec(output.join(""))!;
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
      const answer = (await (await fetch(url, { method: "POST", body })).json()) as { result: string };
      expect(Number(answer.result)).to.equal(42_161_001);
    } finally {
      process.kill(-child.pid!, "SIGTERM");
      await new Promise((resolve) => child.once("exit", resolve));
    }
  });
});
