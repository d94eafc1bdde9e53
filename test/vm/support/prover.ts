import hre from "hardhat";
import { commitProgram } from "../../../vm/commit/program";
import { toHex } from "../../../vm/commit/bytes";
import type { InboxLimit, Program } from "../../../vm/types";

const ZERO = `0x${"00".repeat(32)}`;

/** A one-step prover on the in-process chain, called without transactions. */
export interface DeployedProver {
  address: string;
  /** `step` by eth_call. @throws what the node throws when the prover reverts; the message holds the error's name. */
  step(before: Uint8Array, limit: InboxLimit, witness: Uint8Array): Promise<`0x${string}`>;
  /** Calldata of `step`. */
  encodeStep(before: Uint8Array, limit: InboxLimit, witness: Uint8Array): string;
  /** Gas of a transaction of its own that calls `step`: base cost and calldata included. @throws when it reverts. */
  transactionGas(before: Uint8Array, limit: InboxLimit, witness: Uint8Array): Promise<number>;
  contract: Awaited<ReturnType<typeof hre.ethers.deployContract>>;
}

/** Deploys the prover of a program; `inbox` may be any address that answers as an Inbox. */
export async function deployProver(
  program: Program,
  inbox = "0x00000000000000000000000000000000000000ff",
): Promise<DeployedProver> {
  const contract = await hre.ethers.deployContract("OneStepProver", [commitProgram(program), inbox]);
  await contract.waitForDeployment();
  const address = await contract.getAddress();
  const encodeStep = (before: Uint8Array, limit: InboxLimit, witness: Uint8Array): string =>
    contract.interface.encodeFunctionData("step", [
      toHex(before),
      { batchCount: limit.batchCount, lastBatch: ZERO, delayedCount: limit.delayedCount, lastDelayed: ZERO },
      toHex(witness),
    ]);
  const sendStep = async (data: string): Promise<number> => {
    const [from] = (await hre.network.provider.send("eth_accounts")) as string[];
    const fields = { from, to: address, data, gas: "0xffffff" };
    const hash = await hre.network.provider.send("eth_sendTransaction", [fields]);
    const receipt = (await hre.network.provider.send("eth_getTransactionReceipt", [hash])) as { gasUsed: string };
    return Number(receipt.gasUsed);
  };
  return {
    address,
    contract,
    encodeStep,
    transactionGas: (before, limit, witness) => sendStep(encodeStep(before, limit, witness)),
    step: async (before, limit, witness) =>
      (await hre.network.provider.send("eth_call", [
        { to: address, data: encodeStep(before, limit, witness), gas: "0xffffff" },
      ])) as `0x${string}`,
  };
}
