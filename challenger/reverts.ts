import { SolventError } from "../protocol/errors";
import type { L1Rpc } from "../node/l1/rpc";
import type { Outgoing } from "../node/l1/sender";
import { quantity } from "../protocol/quantity";
import type { Hex } from "../protocol/types";

/**
 * Why L1 reverted a transaction of ours to the queue, in words: the contract's own error, found by running it again where it was mined.
 * @param explain - Puts that error into words; null for data that is none.
 * @throws SolventError `l1-unavailable`.
 */
export async function revertReason(
  rpc: L1Rpc,
  from: string,
  entry: Outgoing,
  explain: (data: Hex) => string | null,
): Promise<string> {
  const { to, data, value, gasLimit, gasUsed, minedNumber } = entry;
  const call = { from, to, data, value: quantity(BigInt(value)), gas: quantity(BigInt(gasLimit)) };
  // The state before its block may lack what came before it in the block.
  for (const block of [minedNumber! - 1, minedNumber!]) {
    const reason = await rpc.send("eth_call", [call, quantity(BigInt(block))]).then(
      () => null,
      (error: unknown) => {
        if (error instanceof SolventError && error.code === "l1-rpc") return describe(error, explain);
        throw error;
      },
    );
    if (reason !== null) return reason;
  }
  return gasUsed === gasLimit ? "out of gas" : "no reason is to be found: it passes now";
}

function describe(error: SolventError, explain: (data: Hex) => string | null): string {
  for (const text of textsIn(error.cause)) {
    if (!/^0x([0-9a-f]{2}){4,}$/i.test(text)) continue;
    const explained = explain(text as Hex);
    if (explained !== null) return explained;
  }
  return error.message;
}

/** All texts in what a node sent beside its error: nodes nest the data differently. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
