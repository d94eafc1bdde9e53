import { ContractFactory, parseEther, Wallet, type JsonRpcProvider, type TransactionReceipt } from "ethers";
import { readArtifact } from "../../../deployment";

/** Takes what the code below sends it. */
export const PAYEE = "0x00000000000000000000000000000000000000dd";

/** Sends 1 wei to its maker and takes it back by reverting. */
const REVERTING = "60006000600060006001335af160006000fd";
/** Makes an empty contract, pays 1 wei to PAYEE, makes a contract that reverts, and leaves one byte of code. */
const CREATION = [
  "0x600060006000f050",
  `6000600060006000600173${PAYEE.slice(2)}5af150`,
  `71${REVERTING}6000526012600e6001f050`,
  "60016000f3",
].join("");

/** What was sent; addresses in lower case. */
export interface Operations {
  sender: string;
  tally: string;
  deployed: TransactionReceipt;
  created: TransactionReceipt;
  reverted: TransactionReceipt;
}

/** The same three transactions on any chain: a contract, a creation with operations inside, a call that reverts. */
export async function sendOperations(provider: JsonRpcProvider, privateKey: string): Promise<Operations> {
  const wallet = new Wallet(privateKey, provider);
  const { abi, bytecode } = readArtifact("test/Tally");
  const factory = new ContractFactory(abi, bytecode, wallet);
  const contract = await factory.deploy();
  const deployed = await contract.deploymentTransaction()!.wait();
  const creation = await wallet.sendTransaction({ data: CREATION, value: parseEther("1"), gasLimit: 500_000 });
  // Each in a block of its own.
  const created = await creation.wait();
  const data = factory.interface.encodeFunctionData("failWithText");
  const failing = await wallet.sendTransaction({ to: contract.target, data, gasLimit: 100_000 });
  const reverted = await failing.wait().catch((error: { receipt: TransactionReceipt }) => error.receipt);
  return {
    ...{ sender: wallet.address.toLowerCase(), tally: String(contract.target).toLowerCase() },
    ...{ deployed: deployed!, created: created!, reverted: reverted! },
  };
}
