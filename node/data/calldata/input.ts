import { INBOX_ABI } from "../../l1/events";
import { concatBytes, fromHex, toHex, word } from "../../../protocol";
import { SolventError } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";

const POST_BATCH_SELECTOR = INBOX_ABI.getFunction("postBatch")!.selector;

/**
 * The `data` argument in the calldata of a `postBatch` transaction, found as the contract finds it: any offset that lies in
 * the calldata is legal, and what stands behind the data is ignored.
 * @throws SolventError `l1-inconsistent` when it is not such a call.
 */
export function bytesOfInput(input: Hex): Uint8Array {
  const bytes = fromHex(input);
  const refuse = (): never => {
    throw new SolventError("l1-inconsistent", "a BatchAppended event whose transaction is no call of postBatch");
  };
  if (!input.startsWith(POST_BATCH_SELECTOR) || bytes.length < 4 + 5 * 32) refuse();
  const args = bytes.subarray(4);
  const wordAt = (offset: number): number => {
    if (offset + 32 > args.length) refuse();
    const word = BigInt(toHex(args.subarray(offset, offset + 32)));
    if (word > BigInt(args.length)) refuse();
    return Number(word);
  };
  const offset = wordAt(4 * 32);
  const length = wordAt(offset);
  const start = offset + 32;
  if (start + length > args.length) refuse();
  return args.slice(start, start + length);
}

/**
 * Calldata of a call whose last argument is bytes. Rationale: of 120 kB ethers' own encoding takes long, in which an actor answers nobody.
 * @param empty - the same call with no bytes: they are its end.
 */
export function inputWith(empty: Hex, data: Uint8Array): Hex {
  const padding = new Uint8Array((32 - (data.length % 32)) % 32);
  return toHex(concatBytes(fromHex(empty).subarray(0, -32), word(data.length), data, padding));
}
