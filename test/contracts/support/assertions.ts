import { time } from "@nomicfoundation/hardhat-network-helpers";
import { concat, Contract, keccak256, ZeroHash, type Signer } from "ethers";
import type { BlockHeader, Hex } from "../../../protocol/types";
import { readArtifact, type Deployment } from "../../../deployment";
import { hashNode } from "../../../games/history/history";
import { edgeId, inboxHash, rootPlace } from "../../../games/edges/place";
import type { At, InboxState, Origin } from "../../../games/edges/types";
import { encodeHeader, toHex } from "../../../protocol";
import { eventsOf } from "./system";

/** What an output root is made of; the header may be any bytes. */
export interface OutputPreimage {
  stateRoot: Hex;
  messagePasserStorageRoot: Hex;
  header: Hex;
}

/** An assertion that a real queue took. */
export interface RealAssertion {
  id: Hex;
  index: bigint;
  outputRoot: Hex;
  game: string;
  at: At;
  root: Hex;
  /** What its children start from. */
  childOrigin: Origin;
  /** Waits out the challenge period and confirms it. */
  confirm(): Promise<void>;
}

/** Arguments of `assertState`, with what follows from them. */
export interface AssertArgs {
  origin: Origin;
  root: Hex;
  output: OutputPreimage;
  spine: Hex[];
  outputRoot: Hex;
  at: At;
}

/** The real queue of a deployment, called by `signer`. */
export function queueOf(deployment: Deployment, signer: Signer): Contract {
  return new Contract(deployment.addresses.queue, readArtifact("games/edges/StateRootQueue").abi, signer);
}

/** Origin of the first assertions, made before the inbox had anything. */
export async function genesisOrigin(deployment: Deployment, queue: Contract): Promise<Origin> {
  const none = ZeroHash as Hex;
  const inbox = inboxHash({ batchCount: 0, lastBatch: none, delayedCount: 0, lastDelayed: none });
  return { above: (await queue.genesis()) as Hex, start: deployment.genesisOutputRoot, inbox };
}

/**
 * A history whose every output root is the one at its end: enough for a queue that nobody disputes.
 * @param past - What stands left of the last leaf; another one makes a rival with the same end.
 */
export function assertArgs(deployment: Deployment, origin: Origin, output: OutputPreimage, past?: Hex): AssertArgs {
  const height = Number(deployment.parameters.game!.heights![0]);
  const { stateRoot, messagePasserStorageRoot, header } = output;
  const isZero = header === "0x" && BigInt(stateRoot) === 0n && BigInt(messagePasserStorageRoot) === 0n;
  const hashed = keccak256(concat([ZeroHash, stateRoot, messagePasserStorageRoot, keccak256(header)]));
  const outputRoot = (isZero ? ZeroHash : hashed) as Hex;
  const spine: Hex[] = [];
  let root = outputRoot;
  for (let level = 0; level < height; level++) {
    const left = level === 0 ? (past ?? outputRoot) : root;
    spine.push(left);
    root = hashNode(left, root);
  }
  return { origin, root, output, spine, outputRoot, at: rootPlace(0, origin, height) };
}

/** Stakes and asserts. */
export async function assertOutput(
  deployment: Deployment,
  staker: Signer,
  output: OutputPreimage,
  { past, origin }: { past?: Hex; origin?: Origin } = {},
): Promise<RealAssertion> {
  const queue = queueOf(deployment, staker);
  const args = assertArgs(deployment, origin ?? (await genesisOrigin(deployment, queue)), output, past);
  await (await queue.deposit({ value: await queue.stakeOf(0) })).wait();
  const receipt = await (await queue.assertState(args.origin, args.root, args.output, args.spine)).wait();
  const [added] = eventsOf(queue, receipt!.logs, "AssertionAdded");
  const { batchCount, lastBatch, delayedCount, lastDelayed } = added.childInbox as InboxState;
  const childInbox = { batchCount: Number(batchCount), lastBatch, delayedCount: Number(delayedCount), lastDelayed };
  const id = edgeId(args.at, args.root);
  return {
    id,
    index: added.index as bigint,
    outputRoot: args.outputRoot,
    game: added.game as string,
    at: args.at,
    root: args.root,
    childOrigin: { above: id, start: args.outputRoot, inbox: inboxHash(childInbox) },
    confirm: async () => {
      await waitOut(deployment);
      await (await queue.confirm(args.at, args.root)).wait();
    },
  };
}

/** The same for an L2 header, as a child of genesis. */
export function assertHeader(
  deployment: Deployment,
  staker: Signer,
  header: BlockHeader,
  messagePasserStorageRoot: Hex,
  past?: Hex,
): Promise<RealAssertion> {
  const output = { stateRoot: header.stateRoot, messagePasserStorageRoot, header: toHex(encodeHeader(header)) as Hex };
  return assertOutput(deployment, staker, output, { past });
}

/** Lets the challenge period pass. */
export async function waitOut(deployment: Deployment): Promise<void> {
  await time.increase(Number(deployment.parameters.game!.challengePeriod));
}
