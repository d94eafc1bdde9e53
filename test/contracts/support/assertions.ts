import { time } from "@nomicfoundation/hardhat-network-helpers";
import { Contract, type Signer } from "ethers";
import type { BlockHeader, Hex } from "../../../node/chain/types";
import { readArtifact, type Deployment } from "../../../node/deployment";
import { hashNode } from "../../../node/game/history";
import { edgeId, inboxHash, rootPlace } from "../../../node/game/place";
import { encodeHeader, outputRoot, toHex } from "../../../node/protocol";
import { eventsOf } from "./system";

/** An assertion that a real queue took. */
export interface RealAssertion {
  id: Hex;
  index: bigint;
  outputRoot: Hex;
  /** Waits out the challenge period and confirms it. */
  confirm(): Promise<void>;
}

/**
 * Asserts, as a child of genesis, a history whose every output root is the one after `header`: enough for a queue that nobody
 * disputes.
 * @param past - What stands left of the last leaf; another one makes a rival with the same end.
 */
export async function assertHeader(
  deployment: Deployment,
  staker: Signer,
  header: BlockHeader,
  messagePasserStorageRoot: Hex,
  blockHash: Hex,
  past: Hex = outputRoot(header.stateRoot, messagePasserStorageRoot, blockHash),
): Promise<RealAssertion> {
  const queue = new Contract(deployment.addresses.queue, readArtifact("queue/StateRootQueue").abi, staker);
  const height = Number(deployment.parameters.game!.heights![0]);
  const stake = BigInt(deployment.parameters.game!.stakes![0] as string);
  const leaf = outputRoot(header.stateRoot, messagePasserStorageRoot, blockHash);
  const spine: Hex[] = [];
  let root = leaf;
  for (let level = 0; level < height; level++) {
    const left = level === 0 ? past : root;
    spine.push(left);
    root = hashNode(left, root);
  }
  const none = `0x${"00".repeat(32)}` as Hex;
  const inbox = { batchCount: 0, lastBatch: none, delayedCount: 0, lastDelayed: none };
  const above = (await queue.genesis()) as Hex;
  const origin = { above, start: deployment.genesisOutputRoot, inbox: inboxHash(inbox) };
  await (await queue.deposit({ value: stake })).wait();
  const output = { stateRoot: header.stateRoot, messagePasserStorageRoot, header: toHex(encodeHeader(header)) };
  const receipt = await (await queue.assertState(origin, root, output, spine)).wait();
  const [added] = eventsOf(queue, receipt!.logs, "AssertionAdded");
  const at = rootPlace(0, origin, height);
  const id = edgeId(at, root);
  return {
    id,
    index: added.index as bigint,
    outputRoot: leaf,
    confirm: async () => {
      await waitOut(deployment);
      await (await queue.confirm(at, root)).wait();
    },
  };
}

/** Lets the challenge period pass. */
export async function waitOut(deployment: Deployment): Promise<void> {
  await time.increase(Number(deployment.parameters.game!.challengePeriod));
}
