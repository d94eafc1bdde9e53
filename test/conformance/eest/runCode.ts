import { Wallet } from "ethers";
import { openEngine, type ExecuteResult } from "../../../node/engine";
import { decodeRlp, fromHex, rlpBytes, rlpList, toHex, ZERO_ADDRESS, ZERO_HASH } from "../../../protocol";
import { MemoryNodes } from "./memoryNodes";
import { putState } from "./preState";

const CONTRACT = "0x00000000000000000000000000000000000c0de5";
const GAS = 1n << 24n;

/** Runs pieces of code, each as one transaction on a state of its own, with the most gas that a transaction may have. */
export class CodeRunner {
  private readonly nodes = new MemoryNodes();
  private readonly engine = openEngine({ nodes: this.nodes });
  private readonly wallet = new Wallet(`0x${"01".repeat(32)}`);

  /** @param code - Hex without 0x. @returns the data of the logs that it made, hex without 0x; none when it failed. */
  async logsOf(code: string, input: Uint8Array = new Uint8Array(0)): Promise<string[]> {
    const { receipts } = await this.run(code, input);
    const logs = rlpList(rlpList(decodeRlp(receipts[0]))[3]);
    return logs.map((log) => toHex(rlpBytes(rlpList(log)[2])).slice(2));
  }

  /** The block of one transaction that calls the code. */
  async run(code: string, input: Uint8Array = new Uint8Array(0)): Promise<ExecuteResult> {
    const { nodes, engine, wallet } = this;
    nodes.clear();
    const account = { nonce: "0x0", storage: {} };
    const parentStateRoot = putState(
      {
        [wallet.address]: { ...account, balance: "0xffffffffffffffff", code: "0x" },
        [CONTRACT]: { ...account, balance: "0x0", code: `0x${code}` },
      },
      nodes,
    );
    const transaction = { to: CONTRACT, gasLimit: GAS, gasPrice: 1, chainId: 1, type: 0, data: toHex(input) };
    const result = engine.executeBlock(
      {
        parentHash: ZERO_HASH,
        parentStateRoot,
        number: 1n,
        timestamp: 1n,
        gasLimit: GAS,
        baseFee: 0n,
        coinbase: ZERO_ADDRESS,
        prevRandao: ZERO_HASH,
        extraData: new Uint8Array(0),
        parentBeaconBlockRoot: ZERO_HASH,
        chainId: 1n,
        ownWrites: "none",
      },
      [fromHex(await wallet.signTransaction(transaction))],
    );
    if (result.receipts.length === 0) throw new Error("the transaction is no part of the block");
    return result;
  }
}
