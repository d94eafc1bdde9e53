import type { DelayedMessage } from "./hashes";
import { depositSourceHash } from "./hashes";
import { concatBytes, fromHex } from "./bytes";
import type { Hex } from "./types";
import { encodeRlp, rlpInteger } from "./rlp";

/** EIP-2718 type of a deposit. */
export const DEPOSIT_TYPE = 0x7e;

/** Fields of a delayed message that its transaction on L2 has. */
export type DepositFields = Pick<
  DelayedMessage,
  "sender" | "isCreation" | "to" | "mint" | "value" | "gasLimit" | "data"
>;

/** A deposit transaction under a source hash. @see docs/spec/01-interfaces.md#deposits */
export function depositFrom(sourceHash: Hex, message: DepositFields): Uint8Array {
  const fields = encodeRlp([
    fromHex(sourceHash),
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

/** The transaction that delayed message `index` becomes on L2. */
export function encodeDeposit(message: DelayedMessage, index: bigint): Uint8Array {
  return depositFrom(depositSourceHash(message.inbox, index), message);
}
