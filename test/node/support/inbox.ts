import { ContractFactory, Wallet, type Contract, type JsonRpcApiProvider } from "ethers";
import { readArtifact } from "../../../deployment";
import { batchDataOf, type DataPlace } from "../../../node/data/registry";
import type { ReadBatchBytes } from "../../../node/l1/inboxReader";
import type { L1Rpc } from "../../../node/l1/rpc";
import type { Hex } from "../../../protocol/types";

export interface TestInbox {
  inbox: Contract;
  address: string;
  provider: JsonRpcApiProvider;
  /** The sequencer's wallet, connected. */
  sequencer: Wallet;
  /** Anyone, connected. */
  user: Wallet;
  deployedAt: number;
}

/** Of a node that has no server for data off L1. */
export function dataPlace(rpc: L1Rpc, inbox: Hex): DataPlace {
  return { rpc, inbox, nodes: { get: () => undefined, put: () => undefined }, dataUrls: [], startBlock: 0 };
}

/** Reads the bytes of batches as the Inbox's data mode says. */
export function bytesBy(rpc: L1Rpc, inbox: string): ReadBatchBytes {
  const batchData = batchDataOf(dataPlace(rpc, inbox as Hex));
  return async (log, index) => (await batchData()).read(log, index);
}

/** Of an Inbox with data off L1: seconds, and wei. */
export const WINDOWS = { challenge: 100, resolve: 200, bond: 10n ** 17n };

/** The same with data off L1. */
export function deployAltdaInbox(
  rpc: L1Rpc,
  keys: readonly string[],
  mine: () => Promise<void>,
  forceDelay = 60,
): Promise<TestInbox> {
  return deployInbox(rpc, keys, mine, forceDelay, "inbox/AltdaInbox", Object.values(WINDOWS));
}

/**
 * Deploys the real Inbox, and an ordinary account in the portal's place so that tests can send deposits.
 * `mine` is called after each transaction on nodes that do not mine by themselves.
 */
export async function deployInbox(
  rpc: L1Rpc,
  keys: readonly string[],
  mine: () => Promise<void>,
  forceDelay = 60,
  source = "inbox/Inbox",
  more: readonly unknown[] = [],
): Promise<TestInbox> {
  const provider = await rpc.provider();
  const [sequencer, user] = keys.map((key) => new Wallet(key, provider));
  const { abi, bytecode } = readArtifact(source);
  const factory = new ContractFactory(abi, bytecode, user);
  const contract = await factory.deploy(sequencer.address, user.address, 30_000_000n, forceDelay, ...more);
  await mine();
  await contract.waitForDeployment();
  const address = (await contract.getAddress()).toLowerCase();
  const deployedAt = (await provider.getTransactionReceipt(contract.deploymentTransaction()!.hash))!.blockNumber;
  return { inbox: contract as Contract, address, provider, sequencer, user, deployedAt };
}
