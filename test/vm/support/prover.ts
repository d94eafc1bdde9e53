import hre from "hardhat";
import { commitProgram } from "../../../vm/commit/program";
import { toHex } from "../../../vm/commit/bytes";
import type { InboxLimit, Program } from "../../../vm/types";

/** The most that a transaction may have under Osaka. */
const MAX_GAS = 16_777_216;
const ZERO = `0x${"00".repeat(32)}`;

/** A one-step prover on the in-process chain, called without transactions. */
export interface DeployedProver {
  address: string;
  /** `step` by eth_call. @throws what the node throws when the prover reverts; the message holds the error's name. */
  step(before: Uint8Array, limit: InboxLimit, witness: Uint8Array): Promise<`0x${string}`>;
  /** Calldata of `step`. */
  encodeStep(before: Uint8Array, limit: InboxLimit, witness: Uint8Array): string;
  /** The same with that much gas in all; null when it is not enough. */
  stepWithGas(before: Uint8Array, limit: InboxLimit, witness: Uint8Array, gas: number): Promise<`0x${string}` | null>;
  /** Gas of a transaction of its own that calls `step`: base cost and calldata included. @throws when it reverts. */
  transactionGas(before: Uint8Array, limit: InboxLimit, witness: Uint8Array, gas?: number): Promise<number>;
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
  const call = (data: string, gas = MAX_GAS): Promise<`0x${string}`> =>
    hre.network.provider.send("eth_call", [{ to: address, data, gas: toQuantity(gas) }]) as Promise<`0x${string}`>;
  const sendStep = async (data: string, gas = MAX_GAS): Promise<number> => {
    const [from] = (await hre.network.provider.send("eth_accounts")) as string[];
    const fields = { from, to: address, data, gas: toQuantity(gas) };
    const hash = await hre.network.provider.send("eth_sendTransaction", [fields]);
    const receipt = (await hre.network.provider.send("eth_getTransactionReceipt", [hash])) as { gasUsed: string };
    return Number(receipt.gasUsed);
  };
  return {
    address,
    contract,
    encodeStep,
    transactionGas: (before, limit, witness, gas) => sendStep(encodeStep(before, limit, witness), gas),
    stepWithGas: (before, limit, witness, gas) => call(encodeStep(before, limit, witness), gas).catch(() => null),
    step: (before, limit, witness) => call(encodeStep(before, limit, witness)),
  };
}

const toQuantity = (value: number): string => `0x${value.toString(16)}`;
