import { deflateRawSync, inflateRawSync } from "node:zlib";
import { ecdsaSign } from "secp256k1";
import {
  concatBytes,
  decodeRlp,
  encodeRlp,
  fromHex,
  keccak256,
  RlpError,
  rlpBytes,
  rlpInteger,
  rlpList,
  rlpUint,
  tag,
  toBigInt,
  toHex,
  word,
  type RlpItem,
} from "../../protocol";
import { MAX_BLOCK_BYTES, type BlockBody } from "../../protocol/batch";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { ConfirmationDomain, SignedConfirmation } from "../rotation/confirmation";
import { recoverAddress } from "../transactions/recover";

/**
 * Bytes of a message, at most. A block has to fit a batch, compressed, which has 126,976 bytes at most; one that shares a segment with
 * others has 131,072 before it is compressed.
 */
export const MAX_MESSAGE_BYTES = 160_000;

/** What a sequencer tells of a block that it has built: all that it takes to build it anew on its parent. */
export interface FeedBlock {
  number: number;
  parentHash: Hex;
  blockHash: Hex;
  /** Where its bytes begin: batch, segment in it, offset in the segment. */
  place: { batch: bigint; segment: number; offset: number };
  /** The block's bytes in its batch. */
  body: Uint8Array;
  /** What the leader of a slot has signed for it; null where it signs nothing. */
  promise: Pick<SignedConfirmation, "slot" | "expiry" | "signature"> | null;
}

/** A message whose form is right: who signed it is known, its body is not read yet. */
export interface SignedFeedBlock extends Omit<FeedBlock, "body"> {
  /** Of the signature, in lower case; null where it is none. */
  readonly signer: () => Hex | null;
  /** Inflates and reads the body. @throws SolventError `feed-malformed`. */
  readonly read: () => BlockBody & { lengthBytes: number };
  /** As it came: whoever passes it on adds nothing. */
  readonly bytes: Uint8Array;
}

const [TAG_DOMAIN, TAG_BLOCK] = [tag("feed"), tag("feedBlock")];
const SIGNATURE_BYTES = 65;

/** What all messages about one rollup begin with: on another L1, or at another inbox, they say nothing. */
export function feedDomain({ l1ChainId, inbox }: ConfirmationDomain): Uint8Array {
  return keccak256(concatBytes(TAG_DOMAIN, word(l1ChainId), word(BigInt(inbox))));
}

/**
 * `signature (r, s, parity; 65 bytes) || rlp([domain, number, parentHash, blockHash, batch, segment, offset, promise, body])`, the body as a
 * DEFLATE stream, the promise as `[]` or `[slot, expiry, signature]`. Signed is `keccak(TAG("feedBlock") || rlp)`.
 * @param privateKey - of the account that posts batches.
 * @see docs/feed.md#messages
 */
export function encodeFeedMessage(domain: Uint8Array, block: FeedBlock, privateKey: Uint8Array): Uint8Array {
  const { number, parentHash, blockHash, place, promise, body } = block;
  const signed: RlpItem[] =
    promise === null ? [] : [rlpInteger(promise.slot), rlpInteger(promise.expiry), fromHex(promise.signature)];
  const payload = encodeRlp([
    ...[domain, rlpInteger(number), fromHex(parentHash), fromHex(blockHash)],
    ...[place.batch, place.segment, place.offset].map((value) => rlpInteger(value)),
    ...[signed, deflateRawSync(body)],
  ]);
  const { signature, recid } = ecdsaSign(digestOf(payload), privateKey);
  return concatBytes(signature, Uint8Array.of(recid), payload);
}

/**
 * Reads a message without believing it. The body is left as it is: inflating comes behind the look at who signed.
 * @throws SolventError `feed-oversize`, `feed-malformed`, `feed-wrong-chain`.
 */
export function decodeFeedMessage(domain: Uint8Array, bytes: Uint8Array): SignedFeedBlock {
  if (bytes.length > MAX_MESSAGE_BYTES)
    throw new SolventError("feed-oversize", `a message of ${bytes.length} bytes, at most ${MAX_MESSAGE_BYTES}`);
  return malformed(() => {
    const payload = bytes.subarray(SIGNATURE_BYTES);
    const items = rlpList(decodeRlp(payload), 9);
    if (toHex(rlpBytes(items[0], 32)) !== toHex(domain))
      throw new SolventError("feed-wrong-chain", `a message about another rollup: ${toHex(rlpBytes(items[0]))}`);
    const stream = rlpBytes(items[8]);
    return {
      number: Number(rlpUint(items[1], 6)),
      parentHash: toHex(rlpBytes(items[2], 32)),
      blockHash: toHex(rlpBytes(items[3], 32)),
      place: {
        batch: rlpUint(items[4], 8),
        segment: Number(rlpUint(items[5], 4)),
        offset: Number(rlpUint(items[6], 4)),
      },
      promise: promiseOf(items[7]),
      signer: () => signerOf(bytes),
      read: () => malformed(() => readBody(stream)),
      bytes,
    };
  });
}

function promiseOf(item: RlpItem): FeedBlock["promise"] {
  if (rlpList(item).length === 0) return null;
  const [slot, expiry, signature] = rlpList(item, 3);
  return {
    slot: Number(rlpUint(slot, 6)),
    expiry: Number(rlpUint(expiry, 6)),
    signature: toHex(rlpBytes(signature, SIGNATURE_BYTES)),
  };
}

function readBody(stream: Uint8Array): BlockBody & { lengthBytes: number } {
  const body = inflateRawSync(stream, { maxOutputLength: MAX_BLOCK_BYTES });
  const [timestamp, messageCount, transactions] = rlpList(decodeRlp(body), 3);
  return {
    timestamp: rlpUint(timestamp, 6),
    messageCount: rlpUint(messageCount, 6),
    transactions: rlpList(transactions).map((raw) => rlpBytes(raw)),
    lengthBytes: body.length,
  };
}

function digestOf(payload: Uint8Array): Uint8Array {
  return keccak256(concatBytes(TAG_BLOCK, payload));
}

function signerOf(bytes: Uint8Array): Hex | null {
  const [r, s, parity] = [bytes.subarray(0, 32), bytes.subarray(32, 64), bytes[64]];
  if (parity > 1) return null;
  return recoverAddress(digestOf(bytes.subarray(SIGNATURE_BYTES)), toBigInt(r), toBigInt(s), parity) as Hex | null;
}

/** Bytes that are no message are one kind of failure, whatever is wrong with them. */
function malformed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof SolventError) throw cause;
    const isForm = cause instanceof RlpError || (cause as NodeJS.ErrnoException).code !== undefined;
    if (!isForm) throw cause;
    throw new SolventError("feed-malformed", `what came is no block: ${(cause as Error).message}`, { cause });
  }
}
