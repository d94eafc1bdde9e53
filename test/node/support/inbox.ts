import { ContractFactory, Wallet, type Contract, type JsonRpcApiProvider } from "ethers";
import { readArtifact } from "../../../deployment";
import { batchDataOf } from "../../../node/data/registry";
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

/** Reads the bytes of batches as the Inbox's data mode says. */
export function bytesBy(rpc: L1Rpc, inbox: string): ReadBatchBytes {
  const batchData = batchDataOf(rpc, inbox as Hex);
  return async (log, index) => (await batchData()).read(log, index);
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
): Promise<TestInbox> {
  const provider = await rpc.provider();
  const [sequencer, user] = keys.map((key) => new Wallet(key, provider));
  const { abi, bytecode } = readArtifact("inbox/Inbox");
  const factory = new ContractFactory(abi, bytecode, user);
  const contract = await factory.deploy(sequencer.address, user.address, 30_000_000n, forceDelay);
  await mine();
  await contract.waitForDeployment();
  const address = (await contract.getAddress()).toLowerCase();
  const deployedAt = (await provider.getTransactionReceipt(contract.deploymentTransaction()!.hash))!.blockNumber;
  return { inbox: contract as Contract, address, provider, sequencer, user, deployedAt };
}
