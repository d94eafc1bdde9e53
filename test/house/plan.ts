const GROUND = ["protocol", "vm"] as const;
const SHARED = [...GROUND, "games", "node", "deployment", "actor"] as const;
const ACTORS = ["sequencer", "verifier", "challenger"] as const;
const ABOVE = [...SHARED, "client", ...ACTORS, "liquidity", "adversary", "simulator", "devnet", "zk"] as const;

/**
 * Who may import whom, by top folder; a folder may always import itself. What is not listed is a new arrow: either it is a mistake, or
 * the plan (ARCHITECTURE.md) is changed on purpose, with an ADR.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  vm: [],
  // The sources in AssemblyScript import nothing; their build script shares the compiler call with vm/.
  stf: ["vm"],
  games: ["protocol"],
  client: ["protocol", "games"],
  node: GROUND,
  deployment: [...GROUND, "node"],
  actor: [...GROUND, "games", "node", "deployment"],
  sequencer: SHARED,
  verifier: SHARED,
  challenger: SHARED,
  // A maker is a user of the bridge, too.
  liquidity: [...SHARED, "client"],
  adversary: [...SHARED, "challenger", "sequencer"],
  simulator: [...GROUND, "games"],
  zk: ["protocol"],
  devnet: [...SHARED, "client", ...ACTORS, "adversary"],
  explorer: ["protocol", "client", "games", "simulator"],
  scripts: [...ABOVE, "explorer", "stf"],
  test: [...ABOVE, "explorer", "stf"],
};

/** Files that only some folders may import, whatever the table above says: lies and what they are made of. */
export const RESERVED: Readonly<Record<string, readonly string[]>> = {
  "games/history/patchedTree.ts": ["adversary", "simulator", "test"],
};

/**
 * Circles of files that stand, by one of their files. Both are in AssemblyScript, where a circle of functions costs nothing and
 * parting them would change the program's bytes.
 */
export const KNOWN_CIRCLES: readonly string[] = ["stf/evm/execute.ts", "stf/state/accounts.ts"];
