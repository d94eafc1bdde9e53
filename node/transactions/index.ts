export { authorityOf } from "./authority";
export { decodeTransaction, TransactionDecodeError } from "./decode";
export type { DecodedTransaction } from "./types";
