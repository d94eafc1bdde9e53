export { buildTrie } from "./build";
export { genesisFromJson, MESSAGE_PASSER, storageTrie, type Genesis, type GenesisJson } from "./genesis";
export { createStateReader, decodeAccount, encodeAccount } from "./reader";
export type { Account, AccountProof, StateReader } from "./types";
