import { keccak256, fromHex, toHex } from "../protocol";
import { signConfirmation, type ConfirmationDomain, type SignedConfirmation } from "../node/rotation/confirmation";

/**
 * A leader that equivocates: who asks first for a height is shown the block that is built; who asks again, another one, signed as well.
 * @param privateKey - of the leader. @returns a sequencer's `showPromises`.
 */
export function twoFaced(
  domain: ConfirmationDomain,
  privateKey: string,
): (promises: SignedConfirmation[]) => SignedConfirmation[] {
  const shown = new Set<number>();
  return (promises) =>
    promises.map((promise) => {
      if (!shown.has(promise.height)) {
        shown.add(promise.height);
        return promise;
      }
      const blockHash = toHex(keccak256(fromHex(promise.blockHash)));
      return signConfirmation(domain, { ...promise, blockHash }, privateKey);
    });
}
