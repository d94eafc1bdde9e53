import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

/** Set where this module is part of a bundle: the folder that the bundle is in (`devnet/bundles`). */
declare const SOLVENT_BUNDLES: string | undefined;

const ROOT = join(__dirname, "..");
/** In a checkout everything runs as TypeScript, or out of bundles of it; in a package it was compiled, and no loader is there. */
const isSource = __filename.endsWith(".ts");
let bundles: string | null = typeof SOLVENT_BUNDLES === "string" ? SOLVENT_BUNDLES : null;

/**
 * A file of the build folder, there or not. The environment's `SOLVENT_BUILD_DIR` names another folder than the project's: a node runs, and a
 * deployment commits to, the program that lies there.
 */
export function builtFile(name: string): string {
  return resolve(process.env.SOLVENT_BUILD_DIR ?? join(__dirname, "..", "build"), name);
}

/**
 * The file of a module, for whoever starts it as a process or a thread: its bundle, where there is one. Ask when it is started, not
 * before. @param path - without its ending.
 */
export function moduleFile(path: string): string {
  const bundle = bundles === null ? null : join(bundles, `${bundleName(relative(ROOT, path))}.js`);
  return bundle !== null && existsSync(bundle) ? bundle : `${path}${isSource ? ".ts" : ".js"}`;
}

/** A bundle's name: `sequencer/main` becomes `sequencer.main`. @param module - path from the root, without its ending. */
export function bundleName(module: string): string {
  return module.split(sep).join(".");
}

/** What Node has to be told so that it runs such a file in a process of its own. */
export function loaderArguments(file: string): string[] {
  if (file.endsWith(".ts")) return ["--require", require.resolve("tsx/cjs")];
  return isSource ? ["--enable-source-maps"] : [];
}

/** From here on this process starts modules out of the bundles of that folder; with null, from their sources. */
export function useBundles(folder: string | null): void {
  bundles = folder;
}

/** From here on this process, and whatever it starts, runs the program of that folder. */
export function useBuildFolder(folder: string): void {
  process.env.SOLVENT_BUILD_DIR = resolve(folder);
}
