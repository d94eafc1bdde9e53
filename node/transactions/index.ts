export { decodeTransaction, TransactionDecodeError } from "./decode";
export { recoverAddress } from "./recover";
export type { AccessListEntry, Authorization, DecodedTransaction } from "./types";
