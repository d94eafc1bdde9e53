import { join, resolve } from "node:path";

/** In a checkout everything runs as TypeScript; in a package it was compiled, and no loader is there. */
const isSource = __filename.endsWith(".ts");

/**
 * A file of the build folder, there or not. The environment's `SOLVENT_BUILD_DIR` names another folder than the project's: a node runs, and a
 * deployment commits to, the program that lies there.
 */
export function builtFile(name: string): string {
  return resolve(process.env.SOLVENT_BUILD_DIR ?? join(__dirname, "..", "build"), name);
}

/** The file of a module, for whoever starts it as a process or a thread. @param path - without its ending. */
export function moduleFile(path: string): string {
  return `${path}${isSource ? ".ts" : ".js"}`;
}

/** What Node has to be told so that it runs such a file in a process of its own. */
export const LOADER_ARGUMENTS: readonly string[] = isSource ? ["--require", require.resolve("tsx/cjs")] : [];

/** From here on this process, and whatever it starts, runs the program of that folder. */
export function useBuildFolder(folder: string): void {
  process.env.SOLVENT_BUILD_DIR = resolve(folder);
}
