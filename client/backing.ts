import { AbiCoder, Contract, keccak256, ZeroAddress, ZeroHash } from "ethers";
import { originHash } from "../games/names";
import type { AssertionInfo } from "../games/types";
import { outputRoot } from "../protocol";
import { quantity } from "../protocol/quantity";
import { PREDEPLOYS } from "../protocol/predeploys";
import { SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import { SOLVENCY_ORACLE_ABI } from "./abi";
import { mined } from "./deposit";
import type { LayerProvider, LayerSigner } from "./types";

/** Of `books` in the L2 bridge. Twin of `SolvencyOracle.BOOKS_SLOT`. */
const BOOKS_SLOT = 1;

/** An assertion as its event and `rollup_getAssertions` tell it. */
export type ToldAssertion = Pick<AssertionInfo, "index" | "l2BlockNumber" | "outputRoot" | "root" | "origin">;

/** What leads from an assertion to what L2 says of an asset. Twin of `IRollupHealth.Evidence`. */
export interface BackingEvidence {
  origin: Hex;
  root: Hex;
  output: { version: Hex; stateRoot: Hex; messagePasserStorageRoot: Hex; latestBlockhash: Hex };
  account: Hex[];
  book: Hex[];
  /** Preimage of the block hash where `noted` counts, else empty. */
  header: Hex;
  noted: bigint;
}

/**
 * Makes the evidence from a node of L2 and checks it against the assertion's output root, so that no wrong one is sent.
 * @param asset - L1 token; the zero address for ether.
 * @param noted - Count of messages at which the oracle knows what L1 had taken in, at least those that the assertion's last block had
 * consumed: what L2 credited is compared with that, and no deposit since hides a part of it. Default: with what L1 has taken in by now.
 * @throws SolventError `other-chain` where the node's chain is not the one that was asserted, `not-recorded` where L2 knows no such token.
 */
export async function buildBackingEvidence(
  l2: LayerProvider,
  { index, l2BlockNumber, outputRoot: asserted, root, origin }: ToldAssertion,
  asset: string,
  noted?: bigint,
): Promise<BackingEvidence> {
  const tag = quantity(l2BlockNumber);
  const [of, slots] = asset === ZeroAddress ? [PREDEPLOYS.messagePasser, []] : [PREDEPLOYS.l2Bridge, [bookSlot(asset)]];
  const [block, proof, passer, header] = (await Promise.all([
    l2.send("eth_getBlockByNumber", [tag, false]),
    l2.send("eth_getProof", [of, slots, tag]),
    l2.send("eth_getProof", [PREDEPLOYS.messagePasser, [], tag]),
    noted === undefined ? "0x" : l2.send("debug_getRawHeader", [tag]),
  ])) as [
    { hash: Hex; stateRoot: Hex } | null,
    { accountProof: Hex[]; storageProof: { value: string; proof: Hex[] }[] },
    { storageHash: Hex },
    Hex,
  ];
  if (block === null || outputRoot(block.stateRoot, passer.storageHash, block.hash) !== asserted)
    throw new SolventError(
      "other-chain",
      `assertion ${index} claims another block ${l2BlockNumber} than this node has: it is a lie, or the node is behind; wait, or ask another node`,
      { retry: true },
    );
  const [slot] = proof.storageProof;
  if (slot !== undefined && BigInt(slot.value) === 0n)
    throw new SolventError("not-recorded", `L2's books have no ${asset} at block ${l2BlockNumber}`);
  const output = {
    version: ZeroHash as Hex,
    stateRoot: block.stateRoot,
    messagePasserStorageRoot: passer.storageHash,
    latestBlockhash: block.hash,
  };
  const { accountProof: account } = proof;
  const book = slot?.proof ?? [];
  return { origin: originHash(origin), root, output, account, book, header, noted: noted ?? 0n };
}

/**
 * Brings to a solvency oracle on L1 what an assertion says of an asset, for anyone.
 * @param noted - As of `buildBackingEvidence`; `noteTaken` and `noteTakenBefore` tell it.
 * @returns the number of the L1 block. @throws as `buildBackingEvidence`, or what the signer throws where L1 refuses.
 */
export async function proveBacking(
  l1: LayerSigner,
  l2: LayerProvider,
  oracle: string,
  assertion: ToldAssertion,
  asset: string,
  noted?: bigint,
): Promise<number> {
  const evidence = await buildBackingEvidence(l2, assertion, asset, noted);
  const { blockNumber } = await mined(await new Contract(oracle, SOLVENCY_ORACLE_ABI, l1).prove(asset, evidence));
  return blockNumber;
}

function bookSlot(token: string): Hex {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [token, BOOKS_SLOT])) as Hex;
}
