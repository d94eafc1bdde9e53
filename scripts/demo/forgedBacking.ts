import { keccak256, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import { mintInto } from "../../adversary/mint";
import type { BackingEvidence, LayerProvider, ToldAssertion } from "../../client";
import { originHash } from "../../games/names";
import { createStateReader } from "../../node/state";
import { decodeHeader, fromHex, toHex } from "../../protocol";
import { quantity } from "../../protocol/quantity";
import { PREDEPLOYS } from "../../protocol/predeploys";
import type { Hex, NodeStore } from "../../protocol/types";

/** Of an asset that is no token: ether. */
export const ETHER_ASSET = ZeroAddress;

/**
 * Evidence for a liar's root: the true block with so much more ether in the message passer, as if withdrawals had taken it. Whoever knows the
 * lie can prove to the oracle what it says; that it is a lie is for the game to say.
 * @throws Error where the assertion is another lie.
 */
export async function forgeBackingEvidence(
  l2: LayerProvider,
  { index, l2BlockNumber, outputRoot, root, origin }: ToldAssertion,
  amountWei: bigint,
): Promise<BackingEvidence> {
  const tag = quantity(l2BlockNumber);
  const passer = PREDEPLOYS.messagePasser;
  const [rawHeader, truth] = (await Promise.all([
    l2.send("debug_getRawHeader", [tag]),
    l2.send("eth_getProof", [passer, [], tag]),
  ])) as [Hex, { accountProof: Hex[]; storageHash: Hex }];
  const nodes = storeOf(truth.accountProof);
  const headerRlp = fromHex(rawHeader);
  const { stateRoot } = decodeHeader(headerRlp);
  const block = { headerRlp, stateRoot, messagePasserStorageRoot: truth.storageHash };
  const forged = mintInto(nodes, block, passer, amountWei);
  if (forged.outputRoot !== outputRoot)
    throw new Error(`assertion ${index} is another lie than ${toBeHex(amountWei)} wei in the message passer`);
  const output = {
    version: ZeroHash as Hex,
    stateRoot: forged.header.stateRoot,
    messagePasserStorageRoot: truth.storageHash,
    latestBlockhash: forged.blockHash,
  };
  const { accountProof: account } = createStateReader(nodes, forged.header.stateRoot).proof(passer, []);
  return { origin: originHash(origin), root, output, account, book: [], header: "0x", noted: 0n };
}

function storeOf(proof: readonly Hex[]): NodeStore {
  const known = new Map(proof.map((node) => [keccak256(node), fromHex(node)]));
  return {
    get: (hash) => known.get(toHex(hash)),
    put: (hash, data) => void known.set(toHex(hash), data),
  };
}
