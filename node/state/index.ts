export { buildTrie } from "./build";
export { genesisFromJson, putGenesis, storageTrie, type Genesis, type GenesisJson } from "./genesis";
export { createStateReader, decodeAccount, encodeAccount } from "./reader";
export type { StateReader } from "./types";
