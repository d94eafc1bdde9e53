export { authorityOf } from "./authority";
export { decodeTransaction, TransactionDecodeError } from "./decode";
export { gasLimitsOf } from "./gasLimit";
export { encodeUnsigned, type UnsignedTransaction } from "./encode";
export { signDynamicFee } from "./sign";
export type { DecodedTransaction } from "./types";
