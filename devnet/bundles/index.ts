import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { bundleName } from "../../node/modules";
import * as fresh from "./fresh.cjs";

const ROOT = join(__dirname, "..", "..");
const FOLDER = join(ROOT, fresh.FOLDER);
/** What is started as a process, all in one file: most of it is the same for all. */
const PROCESSES = [
  ...["sequencer/main", "verifier/main", "challenger/main", "liquidity/main", "adversary/main"],
  ...["adversary/withholdingSequencer", "devnet/l1/main", "scripts/devnet"],
] as const;
/** What is started as a thread: small, each for itself. */
const THREADS = [
  ...["node/engine/threads/worker", "challenger/commitments/runWorker", "challenger/commitments/honestWorker"],
  ...["actor/sums/worker", "adversary/worker"],
] as const;
/** Packages with native or WebAssembly files of their own, those that are read by name, and those that few processes need. */
const EXTERNAL = [
  ...["classic-level", "level", "secp256k1", "mcl-wasm", "hardhat", "hyparquet-writer", "@nats-io/*"],
  ...["esbuild", "tsx", "@foundry-rs/*"],
];
/** What of the sources decides what a bundle is, beside what it holds. */
const SETTINGS = ["package-lock.json", "tsconfig.json", "devnet/bundles/index.ts"];
/** Bundles that nobody has built for so long: whoever ran out of them has ended. */
const STALE_MS = 7 * 86_400_000;

/**
 * Bundles of the sources as they are now, made where one of them changed: a process out of a bundle is there in a third of the
 * processor's time that it takes from its sources.
 * @returns their folder; null in a package, which was compiled, and where the sources do not compile: who starts one of them is told why.
 */
export async function freshBundles(): Promise<string | null> {
  if (!__filename.endsWith(".ts")) return null;
  return fresh.freshFolder(ROOT) ?? buildBundles().catch(() => null);
}

/** Builds under way: esbuild's own process, of some hundred MiB, goes with the last one. */
let building = 0;

/** Bundles the sources as they are. @returns the folder, by the hash of what is in them. @throws where they do not compile. */
export async function buildBundles(): Promise<string> {
  const { build, stop } = (await import(require.resolve("esbuild"))) as typeof import("esbuild");
  building++;
  const scratch = join(FOLDER, `scratch-${process.pid}-${Date.now()}`);
  mkdirSync(scratch, { recursive: true });
  try {
    const hashes = new Map<string, string>();
    const { metafile } = await build(optionsOf(scratch, hashes));
    const sources = Object.keys(metafile.inputs).filter((path) => !/node_modules|^entry:/.test(path));
    const inputs = Object.fromEntries(
      [...SETTINGS, ...sources].sort().map((path) => [path, hashes.get(path) ?? fresh.hashOf(join(ROOT, path))]),
    );
    for (const name of PROCESSES)
      writeFileSync(join(scratch, `${bundleName(name)}.js`), `require("./processes.js").start("${name}");\n`);
    const folder = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
    publish(scratch, folder);
    replace(join(FOLDER, "manifest.json"), JSON.stringify({ version: fresh.VERSION, folder, inputs }, null, 1));
    return join(FOLDER, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    if (--building === 0) await stop();
  }
}

/** @param hashes - of the sources as they were read, by path; is filled. */
function optionsOf(outdir: string, hashes: Map<string, string>): BuildOptions & { metafile: true } {
  const threads = THREADS.map((name) => [bundleName(name), `${name}.ts`]);
  return {
    absWorkingDir: ROOT,
    entryPoints: { ...Object.fromEntries(threads), processes: "entry:processes" },
    outdir,
    ...{ bundle: true, platform: "node", format: "cjs", target: "node20", external: EXTERNAL },
    ...{ sourcemap: true, sourcesContent: false, metafile: true, logLevel: "silent" },
    // A process reads all of it.
    minifyWhitespace: true,
    // Two folders below build/: a checkout can be moved with what is built in it.
    banner: {
      js: `const SOLVENT_BUNDLES = __dirname, SOLVENT_ROOT = require("node:path").join(__dirname, "..", "..", "..");`,
    },
    plugins: [ownPlaces(hashes), processesEntry],
  };
}

/** A module in a bundle finds what lies beside its source. */
const ownPlaces = (hashes: Map<string, string>): Plugin => ({
  name: "own-places",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes(`${sep}node_modules${sep}`)) return null;
      const bytes = await readFile(path);
      const text = bytes.toString();
      const place = relative(ROOT, path).split(sep).join("/");
      hashes.set(place, createHash("sha256").update(bytes).digest("hex"));
      const names = `const __filename = require("node:path").join(SOLVENT_ROOT, ${JSON.stringify(place)}), __dirname = require("node:path").dirname(__filename); `;
      return { contents: /__(dir|file)name/.test(text) ? names + text : text, loader: "ts" };
    });
  },
});

/** One of the processes by its name: what the others alone need is not run. */
const processesEntry: Plugin = {
  name: "processes-entry",
  setup(build) {
    build.onResolve({ filter: /^entry:/ }, ({ path }) => ({ path, namespace: "entry" }));
    build.onLoad({ filter: /^entry:/, namespace: "entry" }, () => {
      const lines = PROCESSES.map((name) => `"${name}": () => import("./${name}"),`);
      const contents = `const modules = {\n${lines.join("\n")}\n};\nexport const start = (name) => void modules[name]();\n`;
      return { contents, loader: "ts", resolveDir: ROOT };
    });
  },
};

/** Gives a folder its name, once: others may run out of the one that has it. */
function publish(scratch: string, folder: string): void {
  for (const name of readdirSync(FOLDER))
    if (/^[0-9a-f]{16}$/.test(name) && Date.now() - statSync(join(FOLDER, name)).mtimeMs > STALE_MS)
      rmSync(join(FOLDER, name), { recursive: true, force: true });
  try {
    renameSync(scratch, join(FOLDER, folder));
  } catch (error) {
    if (!/ENOTEMPTY|EEXIST|EPERM/.test((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Writes a file so that nobody reads half of it. */
function replace(file: string, text: string): void {
  const scratch = join(dirname(file), `manifest-${process.pid}`);
  writeFileSync(scratch, text);
  renameSync(scratch, file);
}
