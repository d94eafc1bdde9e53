import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..");
const OUT = join(ROOT, "build", "explorer");
/** Folders of artifacts/contracts whose contracts a person meets in calldata and logs; what several have is told as the first has it. */
const FOLDERS = ["l2", "bridge", "games", "inbox", "interfaces", "settlement", "solvency", "vm"];

/** Builds the page into build/explorer: one script for what is seen first, others for what is opened. */
export async function build(): Promise<void> {
  const { build: bundle } = await import("vite");
  await bundle({
    configFile: false,
    root: __dirname,
    logLevel: "warn",
    publicDir: join(__dirname, "public"),
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir: OUT,
      emptyOutDir: true,
      target: "es2022",
      // Everything is a file of its own: the page's policy allows nothing inline.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // ethers is one chunk of its own, fetched when something is decoded.
      chunkSizeWarningLimit: 1_000,
    },
  });
  writeAbis();
}

/** Tells the page the ABIs of all contracts that were compiled; again when more are. */
export function writeAbis(): void {
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, "abis.json"), JSON.stringify(readAbis()));
}

/** ABIs of the contracts by name; empty where they were not compiled. */
function readAbis(): Record<string, unknown> {
  const abis: Record<string, unknown> = {};
  for (const folder of FOLDERS) {
    const path = join(ROOT, "artifacts", "contracts", folder);
    if (!existsSync(path)) continue;
    for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !/^\w+\.json$/.test(entry.name)) continue;
      const { contractName, abi } = JSON.parse(readFileSync(join(entry.parentPath, entry.name), "utf8")) as {
        contractName: string;
        abi: unknown[];
      };
      if (abi.length > 0) abis[contractName] = abi;
    }
  }
  return abis;
}
