import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { createCommand, runCommand } from "../actor/command";
import type { Artifact } from "../deployment";
import { run } from "../vm/build/run";
import { build as prepareDevnets } from "./build/devnet";
import { build as compileAll } from "./build/tests";
import { COMMAND_FOLDERS, LIBRARIES, libraryOf, LOADED_BY_NAME } from "./support/packages";
import { filesBelow } from "./support/filesBelow";

const ROOT = join(__dirname, "..");
const STAGE = join(ROOT, "build", "packages");
const TREE = join(STAGE, "tree");
const ARTIFACTS = join(ROOT, "artifacts", "contracts");
/** Compiled contracts that no command reads: tests' own, but for tokens, feeds and the toy rollups that people play with; a prototype. */
const UNREAD = /^(games.wide|test.(?!Tokens|Consumers|Toy(?!Wide)))/;
/** What is no TypeScript and is read at run time. */
const COPIED = /\.(cjs|html|css|js|yaml|schema\.json)$/;
/** Imports and requires in what the compiler emitted. */
const SPECIFIER =
  /((?:(?<!["'])\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\(\s*|\brequire\.resolve\(\s*)["'])([^"'\n]+)(["'])/g;

interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  [field: string]: unknown;
}

/**
 * `npm run pack`: builds the packages that a researcher installs, as tarballs in build/packages. Sources are compiled once; an import that
 * leaves its package becomes one of the package that it goes to. Prints each tarball with its size and its count of dependencies.
 */
async function main(): Promise<void> {
  createCommand("pack", "Builds the packages that npm can install, as tarballs in build/packages.").parse();
  rmSync(STAGE, { recursive: true, force: true });
  mkdirSync(STAGE, { recursive: true });
  // Toy rollups, which people play with, too.
  await compileAll();
  // Every devnet that ran here left its prepared state: the packages get those of the defaults alone.
  await prepareDevnets();
  await compile();
  const root = readManifest(join(ROOT, "package.json"));
  const versions = { ...root.dependencies, ...(root.devDependencies as Record<string, string>) };
  for (const { folder, built } of LIBRARIES) {
    const manifest = readManifest(join(ROOT, folder, "package.json"));
    const target = join(STAGE, manifest.name.replace("@solvent/", ""));
    const used = stage([folder], folder, target, manifest.name);
    for (const file of filesBelow(join(ROOT, folder), COPIED))
      if (libraryOf(relative(ROOT, file)) !== undefined)
        copyTo(file, join(target, "dist", relative(join(ROOT, folder), file)));
    requireDeclared(manifest, used);
    for (const file of built) copyTo(join(ROOT, "build", file), join(target, "build", file));
    // In the checkout a folder is loaded by its sources.
    const main = (manifest.exports as Record<string, { types: string; default: string }>)["."];
    finish(target, { ...manifest, main: main.default, types: main.types }, join(ROOT, folder, "README.md"));
  }
  await stageCommand(root, versions);
}

/** Compiles every folder of the product into TREE. */
async function compile(): Promise<void> {
  const folders = [...LIBRARIES.map(({ folder }) => (folder === "stf" ? "stf/build" : folder)), ...COMMAND_FOLDERS];
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      incremental: false,
      tsBuildInfoFile: null,
      rootDir: ROOT,
      outDir: TREE,
    },
    // Its plugins extend the types of Hardhat.
    files: [join(ROOT, "hardhat.config.ts")],
    include: folders.map((folder) => join(ROOT, folder)),
    exclude: ["explorer/web", "vm/interpreter", "**/*.as.ts"].map((path) => join(ROOT, path)),
  };
  const file = join(STAGE, "tsconfig.json");
  writeFileSync(file, JSON.stringify(config));
  await run(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", file]);
}

/** The command: everything that is no library, with contracts and programs. */
async function stageCommand(root: Manifest, versions: Record<string, string>): Promise<void> {
  const target = join(STAGE, "solvent");
  const used = stage(COMMAND_FOLDERS, "", target, "solvent");
  for (const folder of COMMAND_FOLDERS)
    for (const file of filesBelow(join(ROOT, folder), COPIED)) copyTo(file, join(target, "dist", relative(ROOT, file)));
  for (const file of filesBelow(ARTIFACTS, /(?<!\.dbg)\.json$/))
    if (!UNREAD.test(relative(ARTIFACTS, file))) copyArtifact(file, join(target, "dist", relative(ROOT, file)));
  for (const file of LIBRARIES.flatMap(({ built }) => built))
    copyTo(join(ROOT, "build", file), join(target, "dist", "build", file));
  // A devnet's L1 as it begins: the command has no anvil to make it.
  for (const file of filesBelow(join(ROOT, "build", "devnet"), /\.json$/))
    copyTo(file, join(target, "dist", relative(ROOT, file)));
  for (const file of filesBelow(join(ROOT, "build", "explorer"), /./))
    copyTo(file, join(target, "dist", relative(ROOT, file)));
  // Configurations that ship, and the gas that their prices are reckoned from.
  for (const folder of [join("deployment", "profiles"), join("test", "snapshots")])
    for (const file of filesBelow(join(ROOT, folder), /\.json$/))
      copyTo(file, join(target, "dist", relative(ROOT, file)));
  for (const name of LOADED_BY_NAME) used.add(name);
  const { name, version, description, license, engines } = root;
  const dependencies = Object.fromEntries(
    [...used].sort().map((one) => [one, one.startsWith("@solvent/") ? version : required(versions, one)]),
  );
  const bin = { solvent: "./dist/scripts/solvent.js" };
  // What a test imports: `startDevnet`.
  const entry = { main: "./dist/devnet/index.js", types: "./dist/devnet/index.d.ts" };
  const manifest = { name, version, description, license, engines, ...entry, bin, files: ["dist"], dependencies };
  finish(target, manifest, join(ROOT, "README.md"));
}

/**
 * Copies what was compiled of some folders, with imports of other packages by their names.
 * @param prefix - Folder that becomes dist/ itself; empty where several folders stand below dist/.
 * @returns packages that are imported.
 */
function stage(folders: readonly string[], prefix: string, target: string, self: string): Set<string> {
  const used = new Set<string>();
  for (const folder of folders)
    for (const file of filesBelow(join(TREE, folder), /\.(js|json|d\.ts)$/)) {
      const at = relative(TREE, file);
      if ((libraryOf(at)?.name ?? "solvent") !== self) continue;
      const text = readFileSync(file, "utf8").replace(
        SPECIFIER,
        (whole, before: string, name: string, after: string) => {
          // Source that the code itself writes.
          if (name.includes("${")) return whole;
          const found = name.startsWith(".") ? packageOf(file, name) : name;
          if (found === undefined || found === self) return whole;
          const bare = found
            .split("/")
            .slice(0, found.startsWith("@") ? 2 : 1)
            .join("/");
          if (!bare.startsWith("node:") && !builtinModules.includes(bare) && isUsed(at, whole)) used.add(bare);
          return `${before}${found}${after}`;
        },
      );
      const to = join(target, "dist", prefix === "" ? at : relative(prefix, at));
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, text);
    }
  return used;
}

/** Only what runs needs to be there; a declaration may speak of a type of a package that its user has anyway. */
function isUsed(path: string, specifier: string): boolean {
  return path.endsWith(".js") && !specifier.startsWith("require.resolve");
}

/** The package's name, with the path in it, of a relative import that leaves its own package; undefined for one that does not. */
function packageOf(file: string, specifier: string): string | undefined {
  const base = resolve(dirname(file), specifier);
  const path = [base, `${base}.js`, join(base, "index.js"), `${base}.d.ts`, join(base, "index.d.ts")].find(
    (one) => existsSync(one) && /\.(js|json|cjs|d\.ts)$/.test(one),
  );
  if (path === undefined) return undefined;
  const at = relative(TREE, path);
  const into = libraryOf(at);
  if (into === undefined || libraryOf(relative(TREE, file)) === into) return undefined;
  return `${into.name}/${relative(into.folder, at).replace(/(\.d\.ts|\.js)$/, "")}`;
}

/** @throws Error where a package imports what its package.json does not name, or names what it does not import. */
function requireDeclared({ name, dependencies = {} }: Manifest, used: ReadonlySet<string>): void {
  const missing = [...used].filter((one) => dependencies[one] === undefined);
  const idle = Object.keys(dependencies).filter((one) => !used.has(one));
  if (missing.length + idle.length > 0)
    throw new Error(
      `${name}: imports without naming ${missing.join(", ") || "none"}, names without importing ${idle.join(", ") || "none"}`,
    );
}

/** Writes package.json, README and licence, and packs. */
function finish(target: string, manifest: Manifest, readme: string): void {
  writeFileSync(join(target, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
  copyTo(readme, join(target, "README.md"));
  copyTo(join(ROOT, "LICENSE"), join(target, "LICENSE"));
  const output = execFileSync("npm", ["pack", "--json", "--pack-destination", STAGE], {
    cwd: target,
    encoding: "utf8",
  });
  const [{ filename, size, unpackedSize }] = JSON.parse(output) as {
    filename: string;
    size: number;
    unpackedSize: number;
  }[];
  const count = Object.keys(manifest.dependencies ?? {}).length;
  const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1000)} kB`;
  console.log(`${filename}: ${kilobytes(size)} (${kilobytes(unpackedSize)} unpacked), ${count} dependencies`);
}

/** What is read of an artifact: code as it stands on a chain only of contracts that are in the genesis. */
function copyArtifact(from: string, to: string): void {
  const { abi, bytecode, deployedBytecode } = JSON.parse(readFileSync(from, "utf8")) as Artifact;
  const isInGenesis = relative(ARTIFACTS, from).startsWith(`l2${sep}`);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, JSON.stringify({ abi, bytecode, ...(isInGenesis && { deployedBytecode }) }));
}

function copyTo(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}

function required(versions: Record<string, string>, name: string): string {
  const version = versions[name];
  if (version === undefined) throw new Error(`package.json of the root names no version of ${name}`);
  return version;
}

void runCommand("pack", main);
