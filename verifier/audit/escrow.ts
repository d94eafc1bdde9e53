import { Interface } from "ethers";
import type { Hex, L1Block } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import type { L1Rpc } from "../../node/l1/rpc";
import type { Asset } from "./books";

const PORTAL = new Interface(["event WithdrawalFinalized(bytes32 indexed withdrawalHash, bool success)"]);
const TOKENS = new Interface([
  "function escrow(address l1Token) view returns (uint256)",
  "function balanceOf(address account) view returns (uint256)",
]);
const FINALIZED_TOPIC = PORTAL.getEvent("WithdrawalFinalized")!.topicHash;

export interface EscrowOptions {
  portal: Hex;
  tokenBridge: Hex;
  startBlock: number;
  /** Blocks per eth_getLogs. */
  logRange: number;
}

/** What L1 holds for L2, at one L1 block, and which withdrawals it has paid. */
export class Escrow {
  /** Hashes of the withdrawals that the portal paid, up to `at`. */
  readonly paid = new Set<Hex>();
  private at: L1Block | null = null;

  constructor(
    private readonly rpc: L1Rpc,
    private readonly options: EscrowOptions,
  ) {}

  /**
   * Reads the portal's payments up to `head`; from the first block again where L1 went back.
   * @param isCanonical - whether a block read before is still L1's.
   * @throws SolventError `l1-*`.
   */
  async follow(head: L1Block, isCanonical: (block: L1Block) => boolean): Promise<void> {
    if (this.at?.hash === head.hash) return;
    if (this.at !== null && (this.at.number >= head.number || !isCanonical(this.at))) {
      this.paid.clear();
      this.at = null;
    }
    const first = this.at === null ? this.options.startBlock : this.at.number + 1;
    const found: Hex[] = [];
    for (let from = first; from <= head.number; from += this.options.logRange) {
      const to = Math.min(head.number, from + this.options.logRange - 1);
      const range = { fromBlock: `0x${from.toString(16)}`, toBlock: `0x${to.toString(16)}` };
      const filter = { address: this.options.portal, topics: [FINALIZED_TOPIC], ...range };
      const logs = await this.rpc.send<{ topics: Hex[] }[]>("eth_getLogs", [filter]);
      found.push(...logs.map(({ topics }) => topics[1]));
    }
    for (const hash of found) this.paid.add(hash);
    this.at = head;
  }

  /** What stands on L1 for an asset at that block: of a token, what the bridge holds, and at most what it owes by its own books. */
  async held(asset: Asset, block: L1Block): Promise<bigint> {
    const { portal, tokenBridge } = this.options;
    const at = `0x${block.number.toString(16)}`;
    if (asset === "ether") return BigInt(await this.rpc.send<string>("eth_getBalance", [portal, at]));
    const owed = await this.read(tokenBridge, "escrow", asset, at);
    const held = await this.read(asset, "balanceOf", tokenBridge, at);
    return held < owed ? held : owed;
  }

  /** A token is anyone's code: one that answers nonsense, or nothing, holds nothing. */
  private async read(to: Hex, name: "escrow" | "balanceOf", argument: Hex, at: string): Promise<bigint> {
    const data = TOKENS.encodeFunctionData(name, [argument]);
    try {
      const result = await this.rpc.send<string>("eth_call", [{ to, data }, at]);
      return TOKENS.decodeFunctionResult(name, result)[0] as bigint;
    } catch (error) {
      if (error instanceof SolventError && error.code !== "l1-rpc") throw error;
      return 0n;
    }
  }
}
