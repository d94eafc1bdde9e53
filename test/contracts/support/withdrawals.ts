import hre from "hardhat";
import {
  concat,
  decodeRlp,
  getBytes,
  hexlify,
  keccak256,
  toBeHex,
  ZeroHash,
  type ContractTransactionReceipt,
  type Log,
} from "ethers";
import { PREDEPLOYS } from "../../../deployment";
import { outputRoot, toHex } from "../../../protocol";
import { storageTrie } from "../../../node/state";
import type { Hex } from "../../../protocol/types";
import { eventsOf, predeploys, type System } from "./system";

/** A withdrawal as L1 wants it, with its hash. */
export interface Withdrawal {
  nonce: bigint;
  sender: string;
  target: string;
  value: bigint;
  gasLimit: bigint;
  data: string;
  withdrawalHash: string;
}

/** An output root that stands in the test queue. */
export interface Asserted {
  index: bigint;
  proof: { version: string; stateRoot: string; messagePasserStorageRoot: string; latestBlockhash: string };
  /** Storage proof of a withdrawal. */
  storageProof(withdrawalHash: string): string[];
}

/** The withdrawals that a transaction on L2 started. */
export async function withdrawalsOf(logs: readonly Log[]): Promise<Withdrawal[]> {
  const { messagePasser } = await predeploys();
  return eventsOf(messagePasser, logs, "MessagePassed") as unknown as Withdrawal[];
}

/** The one withdrawal of a receipt. */
export async function withdrawalOf(receipt: ContractTransactionReceipt | null): Promise<Withdrawal> {
  const withdrawals = await withdrawalsOf(receipt!.logs);
  if (withdrawals.length !== 1) throw new Error(`${withdrawals.length} withdrawals`);
  return withdrawals[0];
}

/** Slot of `sentMessages[hash]`, or of an entry of any mapping at that position. */
export function messageSlot(key: string, position = 0): string {
  return keccak256(concat([toBeHex(key, 32), toBeHex(position, 32)]));
}

/** Storage of the message passer as it stands, from its logs and the chain. */
export async function passerStorage(blockTag: number | "latest" = "latest"): Promise<Record<string, string>> {
  const provider = hre.ethers.provider;
  const logs = await provider.getLogs({ address: PREDEPLOYS.messagePasser, fromBlock: 0, toBlock: blockTag });
  const slots = [toBeHex(1, 32), ...(await withdrawalsOf(logs)).map((item) => messageSlot(item.withdrawalHash))];
  const values = await Promise.all(slots.map((slot) => provider.getStorage(PREDEPLOYS.messagePasser, slot, blockTag)));
  return Object.fromEntries(slots.map((slot, index) => [slot, values[index]]));
}

/** Root of a storage and the way to prove its slots, from the root down. */
export function proveStorage(slots: Record<string, string>): { root: Hex; prove(slot: string): string[] } {
  const nodes = new Map<string, Uint8Array>();
  const store = {
    get: () => undefined,
    put: (hash: Uint8Array, data: Uint8Array) => void nodes.set(toHex(hash), data),
  };
  const root = storageTrie(slots, store);
  return { root, prove: (slot) => walk(nodes, root, keccak256(slot).slice(2)) };
}

/** Asserts what L2 (played by the same network) holds now. */
export async function assertNow(system: System, extra: Record<string, string> = {}): Promise<Asserted> {
  const storage = proveStorage({ ...(await passerStorage()), ...extra });
  const block = (await hre.ethers.provider.getBlock("latest"))!;
  const proof = {
    version: ZeroHash,
    stateRoot: keccak256(toBeHex(block.number, 32)),
    messagePasserStorageRoot: storage.root,
    latestBlockhash: block.hash!,
  };
  const root = outputRoot(proof.stateRoot as Hex, storage.root, block.hash as Hex);
  await (await system.queue.add(root, block.number)).wait();
  const index = (await system.queue.gameCount()) - 1n;
  return { index, proof, storageProof: (hash) => storage.prove(messageSlot(hash)) };
}

/** Proves against an assertion made now, has it confirmed, and finalises. */
export async function completeWithdrawal(
  system: System,
  withdrawal: Withdrawal,
  overrides: { gasLimit?: bigint } = {},
) {
  const asserted = await assertNow(system);
  const proof = asserted.storageProof(withdrawal.withdrawalHash);
  await (await system.portal.proveWithdrawalTransaction(withdrawal, asserted.index, asserted.proof, proof)).wait();
  await (await system.queue.decide(asserted.index, 1)).wait();
  return (await system.portal.finalizeWithdrawalTransaction(withdrawal, overrides)).wait();
}

type Item = string | Item[];

function walk(nodes: Map<string, Uint8Array>, root: string, nibbles: string): string[] {
  const proof: string[] = [];
  let at = 0;
  let reference: Item = root;
  while (true) {
    const inline = typeof reference !== "string";
    const encoded: string = inline ? "" : hexlify(nodes.get(reference as string)!);
    if (!inline) proof.push(encoded);
    const node = (inline ? reference : decodeRlp(encoded)) as Item[];
    if (node.length === 17) {
      reference = node[parseInt(nibbles[at++], 16)];
      continue;
    }
    const path = getBytes(node[0] as string);
    const digits = hexlify(path).slice(2 + ((path[0] & 0x10) === 0 ? 2 : 1));
    at += digits.length;
    if ((path[0] & 0x20) !== 0) return proof;
    reference = node[1];
  }
}
