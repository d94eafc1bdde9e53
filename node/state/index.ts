export { buildTrie } from "./build";
export { genesisFromJson, MESSAGE_PASSER, putGenesis, storageTrie, type Genesis, type GenesisJson } from "./genesis";
export { createStateReader, decodeAccount, encodeAccount } from "./reader";
export type { Account, AccountProof, StateReader } from "./types";
