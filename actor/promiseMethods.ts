import type { Chain } from "../node/chain/chain";
import type { SignedConfirmation } from "../node/rotation/confirmation";
import type { Promises } from "../node/rotation/promises";
import type { RpcMethods } from "../node/rpc";
import { RPC_CODES, RpcError } from "../node/rpc/errors";

/** Of one answer. */
const MOST_HEIGHTS = 256;

/** What became of a promise: its block is safe; another one is; its time is not over; it is. */
type Outcome = "kept" | "broken" | "open" | "expired";

/**
 * Who promised which block at a height until when, in a rotation.
 * @param clock - L1's time, in seconds.
 * @param shown - what is shown of those of a height; all of them by default.
 */
export function promiseMethods(
  chain: Chain,
  promises: Promises,
  clock: () => number,
  shown = (all: SignedConfirmation[]): SignedConfirmation[] => all,
): RpcMethods {
  const outcome = ({ height, blockHash, expiry }: SignedConfirmation): Outcome => {
    if (height <= chain.safe.number) return chain.blockAt(height)?.hash === blockHash ? "kept" : "broken";
    return clock() <= expiry ? "open" : "expired";
  };
  return {
    rollup_promise: (params) => {
      const first = params.number(0);
      const count = params.raw(1) === undefined ? 1 : params.number(1);
      if (count > MOST_HEIGHTS)
        throw new RpcError(RPC_CODES.clientLimitExceeded, `at most ${MOST_HEIGHTS} heights at once`);
      const heights = Array.from({ length: count }, (_, i) => first + i);
      return heights
        .flatMap((height) => shown(promises.at(height)))
        .map((promise) => ({ ...promise, outcome: outcome(promise) }));
    },
  };
}
