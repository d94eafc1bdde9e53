import { Interface, type EventFragment } from "ethers";
import type { Hex, L1Block } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { quantity } from "../../protocol/quantity";
import { LogTrail } from "../../node/l1/logTrail";
import type { L1Rpc } from "../../node/l1/rpc";
import { addTo, type Asset } from "./books";

const PAYMENTS = new Interface([
  "event WithdrawalFinalized(bytes32 indexed withdrawalHash, bool success)",
  "event TrapProven(bytes32 indexed assertion, bytes32 indexed lastRoot, uint64 index, uint64 l2BlockNumber, uint64 delayedCount)",
  "event EtherExited(address indexed account, address indexed to, uint256 amount)",
  "event DepositExited(uint256 indexed index, address indexed account, address indexed to, uint256 amount)",
  "event TokenExited(address indexed l1Token, address indexed l2Token, address indexed account, address to, uint256 amount, uint256 paid)",
  "event TokenDepositExited(uint256 indexed index, address indexed l1Token, address indexed to, uint256 amount, uint256 paid)",
]);
const PORTAL = new Interface(["function finalizedWithdrawals(bytes32 withdrawalHash) view returns (bool)"]);
const TOKENS = new Interface([
  "function escrow(address l1Token) view returns (uint256)",
  "function balanceOf(address account) view returns (uint256)",
]);
/** Questions to the portal. */
const ASKED_AT_ONCE = 16;
const TOPICS = PAYMENTS.fragments.map((event) => (event as EventFragment).topicHash);

export interface EscrowOptions {
  portal: Hex;
  tokenBridge: Hex;
  startBlock: number;
  /** Blocks per eth_getLogs, at most. */
  logRange: number;
}

/** What L1 holds for L2, at one L1 block, and what it has paid: withdrawals, and exits after the program trapped. */
export class Escrow {
  /** Hashes of the withdrawals that the portal paid, up to `at`. */
  readonly paid = new Set<Hex>();
  /** Those that were paid more than once. */
  readonly paidTwice = new Set<Hex>();
  /** What has left by proof under the last root, of balances and of deposits that were never consumed. */
  readonly exited = new Map<Asset, bigint>();
  /** Last output root before a trap that was proven to the portal; null before. */
  lastRoot: Hex | null = null;
  private readonly trail: LogTrail;

  constructor(
    private readonly rpc: Pick<L1Rpc, "send"> & Partial<Pick<L1Rpc, "elsewhere">>,
    private readonly options: EscrowOptions,
  ) {
    const { portal, tokenBridge, startBlock, logRange } = options;
    const asked = { address: [portal, tokenBridge], topics: TOPICS, startBlock, logRange };
    this.trail = new LogTrail(rpc, asked, { forget: () => this.forget(), take: (log) => this.take(log) });
  }

  /**
   * Reads payments up to `head`; from the first block again where L1 went back. What was read before a failure is kept, and the next call
   * asks for less at once.
   * @param isCanonical - whether a block read before is still L1's.
   * @throws SolventError `l1-*`.
   */
  async follow(head: L1Block, isCanonical: (block: L1Block) => boolean): Promise<void> {
    await this.trail.follow(head, isCanonical);
  }

  /**
   * Asks the portal whether it has paid any of the recorded withdrawals that no log told of; where the node stops meanwhile, not about all.
   * @throws SolventError `l1-logs-missing` where it has: the next `follow` reads all logs anew, more of them from L1's receipts; `l1-*`.
   */
  async requireAllTold(recorded: Iterable<Hex>, head: L1Block, isStopping: () => boolean): Promise<void> {
    const untold = [...recorded].filter((hash) => !this.paid.has(hash));
    for (let at = 0; at < untold.length && !isStopping(); at += ASKED_AT_ONCE) {
      const asked = untold.slice(at, at + ASKED_AT_ONCE);
      const answers = await Promise.all(asked.map((hash) => this.isPaid(hash, head)));
      const missing = asked.find((_, i) => answers[i]);
      if (missing === undefined) continue;
      this.trail.doubt();
      throw new SolventError(
        "l1-logs-missing",
        `the portal has paid withdrawal ${missing}, of which L1's logs do not tell: they are read anew`,
        { retry: true },
      );
    }
    this.trail.trust();
  }

  /** What the portal itself says. */
  private async isPaid(hash: Hex, { number }: L1Block): Promise<boolean> {
    const data = PORTAL.encodeFunctionData("finalizedWithdrawals", [hash]);
    return (
      BigInt(await this.rpc.send<string>("eth_call", [{ to: this.options.portal, data }, quantity(number)])) !== 0n
    );
  }

  private forget(): void {
    for (const memory of [this.paid, this.paidTwice, this.exited]) memory.clear();
    this.lastRoot = null;
  }

  private take(log: { topics: Hex[]; data: Hex }): void {
    const { name, args } = PAYMENTS.parseLog(log)!;
    const asset = name.startsWith("Token") ? ((args.l1Token as string).toLowerCase() as Hex) : "ether";
    if (name === "WithdrawalFinalized") this.notePayment(log.topics[1]);
    else if (name === "TrapProven") this.lastRoot = args.lastRoot as Hex;
    else addTo(this.exited, asset, args.amount as bigint);
  }

  private notePayment(hash: Hex): void {
    (this.paid.has(hash) ? this.paidTwice : this.paid).add(hash);
  }

  /** What stands on L1 for an asset at that block: of a token, what the bridge holds, and at most what it owes by its own books. */
  async held(asset: Asset, block: L1Block): Promise<bigint> {
    const { portal, tokenBridge } = this.options;
    const at = quantity(block.number);
    if (asset === "ether") return BigInt(await this.rpc.send<string>("eth_getBalance", [portal, at]));
    const owed = await this.ask(tokenBridge, "escrow", asset, at);
    const held = await this.ask(asset, "balanceOf", tokenBridge, at);
    return held < owed ? held : owed;
  }

  /** A token is anyone's code: one that answers nonsense, or nothing, holds nothing. */
  private async ask(to: Hex, name: "escrow" | "balanceOf", argument: Hex, at: string): Promise<bigint> {
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
