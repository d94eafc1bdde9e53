export { authorityOf } from "./authority";
export { decodeTransaction, TransactionDecodeError } from "./decode";
export { encodeUnsigned, type UnsignedTransaction } from "./encode";
export type { DecodedTransaction } from "./types";
