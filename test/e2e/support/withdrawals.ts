import { AbiCoder, Contract, Interface, keccak256, toBeHex, ZeroHash, type JsonRpcProvider, type Log } from "ethers";
import { PREDEPLOYS, readArtifact } from "../../../deployment";
import type { AssertionInfo } from "../../../games/edges";

/** A withdrawal as L1 wants it. */
export interface Withdrawal {
  nonce: bigint;
  sender: string;
  target: string;
  value: bigint;
  gasLimit: bigint;
  data: string;
}

const PASSER = new Interface(readArtifact("l2/MessagePasser").abi);

/** Calldata of the message passer that starts a withdrawal of the value sent along. */
export function startWithdrawal(target: string, gasLimit = 100_000n): string {
  return PASSER.encodeFunctionData("initiateWithdrawal", [target, gasLimit, "0x"]);
}

/** The withdrawals in logs of L2. */
export function withdrawalsIn(logs: readonly Log[]): Withdrawal[] {
  const parsed = logs.map((log) => PASSER.parseLog(log)).filter((log) => log?.name === "MessagePassed");
  return parsed.map((log) => {
    const { nonce, sender, target, value, gasLimit, data } = log!.args;
    return { nonce, sender, target, value, gasLimit, data };
  });
}

/** Proves to the portal that L2 recorded the withdrawal, by an assertion and a node of L2 that has its state. */
export async function proveWithdrawal(
  portal: Contract,
  l2: JsonRpcProvider,
  assertion: AssertionInfo,
  withdrawal: Withdrawal,
): Promise<void> {
  const coder = AbiCoder.defaultAbiCoder();
  const { nonce, sender, target, value, gasLimit, data } = withdrawal;
  const hash = keccak256(
    coder.encode(
      ["uint256", "address", "address", "uint256", "uint256", "bytes"],
      [nonce, sender, target, value, gasLimit, data],
    ),
  );
  const slot = keccak256(coder.encode(["bytes32", "uint256"], [hash, 0]));
  const tag = "0x" + assertion.l2BlockNumber.toString(16);
  const proof = (await l2.send("eth_getProof", [PREDEPLOYS.messagePasser, [slot], tag])) as {
    storageHash: string;
    storageProof: { proof: string[]; value: string }[];
  };
  if (toBeHex(proof.storageProof[0].value) !== "0x01") throw new Error(`L2 has no withdrawal ${hash} at block ${tag}`);
  const block = (await l2.send("eth_getBlockByNumber", [tag, false])) as { hash: string; stateRoot: string };
  const root = {
    version: ZeroHash,
    stateRoot: block.stateRoot,
    messagePasserStorageRoot: proof.storageHash,
    latestBlockhash: block.hash,
  };
  const sent = await portal.proveWithdrawalTransaction(withdrawal, assertion.index, root, proof.storageProof[0].proof);
  await sent.wait();
}
