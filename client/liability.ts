import { quantity } from "../protocol/quantity";
import { SolventError } from "../protocol/errors";
import { verifyLiability, type LiabilityProof } from "../protocol/liability";
import type { LayerProvider } from "./types";

/**
 * Fetches the proof that an account's ether is counted in what the chain owes, and checks it here: balance, way and sums.
 * @param verifier - JSON-RPC of a verifier. @param block - Its number; the safe head's where none is given.
 * @returns the proof, or null for an account that the state does not have.
 * @throws SolventError `liability-proof-wrong`: the verifier does not count what the account owns.
 */
export async function fetchLiability(
  verifier: LayerProvider,
  address: string,
  block?: number,
): Promise<LiabilityProof | null> {
  const params = block === undefined ? [address] : [address, quantity(block)];
  const proof = (await verifier.send("rollup_proveLiability", params)) as LiabilityProof | null;
  if (proof === null) return null;
  if (!verifyLiability(proof) || proof.address !== address.toLowerCase())
    throw new SolventError("liability-proof-wrong", `the proof for ${address} does not hold: ask another verifier`);
  return proof;
}
