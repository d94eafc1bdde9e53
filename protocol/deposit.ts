import type { DelayedMessage } from "./hashes";
import { depositSourceHash } from "./hashes";
import { concatBytes, fromHex } from "./bytes";
import { encodeRlp, rlpInteger } from "./rlp";

/** EIP-2718 type of a deposit. */
export const DEPOSIT_TYPE = 0x7e;

/** The transaction that delayed message `index` becomes on L2. @see docs/spec/01-interfaces.md#deposits */
export function encodeDeposit(message: DelayedMessage, index: bigint): Uint8Array {
  const fields = encodeRlp([
    fromHex(depositSourceHash(message.inbox, index)),
    fromHex(message.sender),
    message.isCreation ? new Uint8Array(0) : fromHex(message.to),
    rlpInteger(message.mint),
    rlpInteger(message.value),
    rlpInteger(message.gasLimit),
    rlpInteger(0),
    message.data,
  ]);
  return concatBytes(Uint8Array.of(DEPOSIT_TYPE), fields);
}
