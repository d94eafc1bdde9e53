import { SolventError } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";

/** Type of a commitment that a data service makes itself, and which service: the chunks hash of 32 bytes follows. */
const PREFIX = "0x0153";
const FORM = /^0x0153[0-9a-f]{64}$/;

/**
 * A chunks hash in the form that data servers exchange: `0x01 || 0x53 || hash`, the generic commitment of the OP Stack's alt-DA protocol.
 * Source: https://specs.optimism.io/experimental/alt-da.html.
 */
export function encodeCommitment(chunksHash: Hex): Hex {
  return `${PREFIX}${chunksHash.slice(2)}`;
}

/** @throws SolventError `data-refused` where it is none of ours. */
export function decodeCommitment(commitment: string): Hex {
  const text = commitment.toLowerCase();
  if (FORM.test(text)) return `0x${text.slice(PREFIX.length)}`;
  throw new SolventError(
    "data-refused",
    `not a commitment that this server keeps: it takes ${PREFIX} and a chunks hash, in hex`,
  );
}
