/** In a checkout everything runs as TypeScript; in a package it was compiled, and no loader is there. */
const isSource = __filename.endsWith(".ts");

/** The file of a module, for whoever starts it as a process or a thread. @param path - without its ending. */
export function moduleFile(path: string): string {
  return `${path}${isSource ? ".ts" : ".js"}`;
}

/** What Node has to be told so that it runs such a file in a process of its own. */
export const LOADER_ARGUMENTS: readonly string[] = isSource ? ["--require", require.resolve("tsx/cjs")] : [];
