/** A library that npm can install: a folder of the house with a package.json of its own. */
export interface LibraryPackage {
  folder: string;
  name: string;
  /** Which of its compiled files it brings; all by default. */
  only?: RegExp;
  /** Files of build/ that it brings. */
  built: readonly string[];
}

/** In the order of their imports. */
export const LIBRARIES: readonly LibraryPackage[] = [
  { folder: "protocol", name: "@solvent/protocol", built: [] },
  { folder: "vm", name: "@solvent/vm", built: ["vm.wasm", "vm/tree.wasm"] },
  {
    folder: "stf",
    name: "@solvent/program",
    only: /^stf\/build\/files\./,
    built: ["stf.wasm", "stf.wasm.map", "engine.wasm", "program.json"],
  },
  { folder: "games", name: "@solvent/games", built: [] },
  { folder: "client", name: "@solvent/client", built: [] },
  // The real contracts are played in the command, which brings Hardhat and ethers.
  {
    folder: "simulator",
    name: "@solvent/simulator",
    only: /^simulator\/(?!arena\.|proveProgram\.|boards\/(contracts|l1)\/)/,
    built: [],
  },
];

/** The library that brings a compiled file; undefined for one of the command. */
export function libraryOf(path: string): LibraryPackage | undefined {
  return LIBRARIES.find(({ folder, only }) => path.startsWith(`${folder}/`) && only?.test(path) !== false);
}

/** Folders that the command `solvent` brings itself. */
export const COMMAND_FOLDERS = [
  ...["node", "actor", "deployment", "sequencer", "verifier", "challenger", "liquidity"],
  ...["adversary", "simulator", "devnet", "explorer", "scripts"],
] as const;

/** Packages of npm that are loaded by a name that is made at run time. */
export const LOADED_BY_NAME = ["@uniswap/v2-core", "@uniswap/v2-periphery"] as const;
