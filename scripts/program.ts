import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { createCommand, runCommand } from "../actor/command";
import { readProgramFile, type ProgramFile } from "../deployment";
import { useBuildFolder } from "../node/modules";
import { SolventError } from "../protocol/errors";
import { buildTarget } from "../stf/build/stf";
import { writeProgramFile } from "../stf/build/program";
import { changedFunctions, hasSameLayout } from "../vm/changes";
import { flatten } from "../vm/flatten";
import { locate, parseSourceMap } from "../vm/sourceMap";
import type { FunctionRange, Program } from "../vm/types";
import { ensureBuilt } from "./support/ensureBuilt";
import { filesBelow } from "./support/filesBelow";

const ROOT = join(__dirname, "..");
/** What nodes run; the first is also what L1 judges. */
const TARGETS = ["stf.wasm", "engine.wasm"] as const;
const SHORT_HASH = 18;

/** `solvent program new|build|diff FOLDER`: a program of one's own, from the sources of this one. */
async function main(): Promise<void> {
  const program = createCommand("solvent program", "A program of one's own: other rules, and so another rollup.");
  program
    .command("new <folder>")
    .description("copies the program's sources to FOLDER/stf, to be changed there")
    .action(copySources);
  program
    .command("build <folder>")
    .description("compiles FOLDER/stf to FOLDER/build: what nodes run, and the hash that L1 judges by")
    .action(build);
  program
    .command("diff <folder>")
    .description("says what differs from the program of this checkout, from the source lines to the hash on L1")
    .action(async (folder: string) => (await diff(folder)).forEach((line) => console.log(line)));
  await program.parseAsync();
}

function copySources(folder: string): void {
  const target = join(resolve(folder), "stf");
  if (existsSync(target)) throw new SolventError("config-invalid", `${target} is there already: take another folder`);
  for (const file of sourcesBelow(ROOT)) {
    mkdirSync(join(target, file, ".."), { recursive: true });
    cpSync(join(ROOT, "stf", file), join(target, file));
  }
  console.log(`${target}: change a rule there, then solvent program build ${folder}`);
}

async function build(folder: string): Promise<void> {
  const root = resolve(folder);
  requireFile(join(root, "stf", "main.ts"), `solvent program new ${folder}`);
  await Promise.all(
    TARGETS.map(async (name) => {
      const started = Date.now();
      try {
        await buildTarget(name, join(root, "build", name), root);
      } catch (cause) {
        throw new SolventError("program-refused", `${join(folder, "stf")} does not compile: see above`, { cause });
      }
      console.log(`${join(folder, "build", name).padEnd(30)} ${seconds(started)} s`);
    }),
  );
  const started = Date.now();
  const { programHash } = writeProgramFile(join(root, "build"));
  console.log(
    `${join(folder, "build", "program.json").padEnd(30)} ${seconds(started)} s\nprogram hash  ${programHash}`,
  );
}

/** From the lines of source to what L1 holds. */
async function diff(folder: string): Promise<string[]> {
  const root = resolve(folder);
  requireFile(join(root, "build", "program.json"), `solvent program build ${folder}`);
  await ensureBuilt((text) => console.error(text));
  const [before, after] = [openProgram(join(ROOT, "build")), openProgram(join(root, "build"))];
  const changed = changedFunctions(before.program, after.program);
  const fields = ["codeRoot", "memoryRoot", "programHash"] as const;
  const layout = hasSameLayout(before.program, after.program)
    ? "every instruction stands where it stood"
    : "the instructions behind the change have moved";
  const files = changedFiles(root);
  const names = new Set(files.map(({ name }) => name));
  return [
    `sources      ${files.length} of ${sourcesBelow(root).length} files differ`,
    ...files.flatMap(changedLines),
    `flat code    ${changed.length} of ${after.program.functions.length} functions differ, ${layout}`,
    ...changed.map((range) => `  ${placeOf(after, range, names)}`),
    ...TARGETS.map((name) => compared(name, hashOf(join(ROOT, "build", name)), hashOf(join(root, "build", name)))),
    ...fields.map((field) => compared(FIELD_NAMES[field], before.file[field], after.file[field])),
    before.file.programHash === after.file.programHash
      ? "the same program: its nodes and this one's agree"
      : "another program: its prover on L1, and so each address of its rollup, is another; nodes of this one refuse to follow it",
  ];
}

const FIELD_NAMES = { codeRoot: "code root", memoryRoot: "memory root", programHash: "program hash" } as const;

function compared(name: string, before: string, after: string): string {
  const value = before === after ? `${short(after)}  as before` : `${short(before)} -> ${short(after)}`;
  return `${name.padEnd(12)} ${value}`;
}

const short = (hash: string): string => (hash.length > SHORT_HASH ? `${hash.slice(0, SHORT_HASH)}..` : hash);

interface Opened {
  program: Program;
  file: ProgramFile;
  map: ReturnType<typeof parseSourceMap>;
}

function openProgram(folder: string): Opened {
  useBuildFolder(folder);
  const wasm = join(folder, "stf.wasm");
  return {
    file: readProgramFile(),
    program: flatten(readFileSync(wasm)),
    map: parseSourceMap(readFileSync(`${wasm}.map`, "utf8")),
  };
}

/** A function by its first line out of a changed file: others, which the compiler drew into it, may stand before. Else by its first line. */
function placeOf({ program, map }: Opened, { startPc, endPc }: FunctionRange, changed: ReadonlySet<string>): string {
  for (let pc = startPc; pc < endPc; pc++) {
    const place = locate(program, map, pc);
    if (place !== null && changed.has(place.file)) return `function with ${place.file}:${place.line}`;
  }
  const place = locate(program, map, startPc);
  return place === null ? `function at flat instruction ${startPc}` : `function at ${place.file}:${place.line}`;
}

interface ChangedFile {
  name: string;
  before: string[];
  after: string[];
}

/** Source files that differ, of either side alone, too; the name begins with `stf/`. */
function changedFiles(root: string): ChangedFile[] {
  const all = [...new Set([...sourcesBelow(ROOT), ...sourcesBelow(root)])].sort();
  const files = all.map((file) => {
    const [before, after] = [ROOT, root].map((folder) => linesOf(join(folder, "stf", file)));
    return { name: `stf/${file}`, before, after };
  });
  return files.filter(({ before, after }) => before.join("\n") !== after.join("\n"));
}

/** A file with the lines that differ. */
function changedLines({ name, before, after }: ChangedFile): string[] {
  const [gone, come] = [linesOnlyIn(before, after), linesOnlyIn(after, before)];
  return [`  ${name}`, ...gone.map((line) => `  - ${line.trim()}`), ...come.map((line) => `  + ${line.trim()}`)];
}

function linesOnlyIn(lines: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line));
}

const linesOf = (file: string): string[] => (existsSync(file) ? readFileSync(file, "utf8").split("\n") : []);

/** Paths below stf/ of what is compiled: all but how it is built. */
function sourcesBelow(root: string): string[] {
  const folder = join(root, "stf");
  return filesBelow(folder, /\.ts$/)
    .map((file) => relative(folder, file))
    .filter((file) => !file.startsWith("build"));
}

const hashOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** @throws SolventError `config-invalid`, naming the command that makes it. */
function requireFile(file: string, command: string): void {
  if (!existsSync(file)) throw new SolventError("config-invalid", `${file} is not there: ${command}`);
}

const seconds = (started: number): string => ((Date.now() - started) / 1_000).toFixed(1);

void runCommand("solvent program", main).then(() => process.exit());
