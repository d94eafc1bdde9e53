import hre from "hardhat";
import { setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import type { Contract, Signer, TransactionReceipt } from "ethers";
import { ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { toyArguments } from "../../../simulator/truths/toy/machine";
import { Side, type Claim, type Ground, type Lie } from "./sides";
import { beforeOf, digitOf, leafOf, type Edge } from "./trees";

export const ETHER = 10n ** 18n;
/** By level. */
export const STAKES = [16n * ETHER, 4n * ETHER, ETHER] as const;
const RESPONSE_SECONDS = 100;
const MOST_GAS = 16_000_000n;

/** One call of the contract's. */
export interface Call {
  name: string;
  args: readonly unknown[];
}

/** The prototype over the toy prover, on a chain of its own. */
export class WideTable {
  private constructor(
    readonly wide: Contract,
    readonly accounts: readonly Signer[],
    readonly addresses: readonly Hex[],
    readonly ground: Ground,
    readonly periodSeconds: number,
  ) {}

  static async lay(ground: Ground): Promise<WideTable> {
    await compileOnce();
    const accounts = (await hre.ethers.getSigners()).slice(0, 4) as unknown as Signer[];
    const addresses = await Promise.all(accounts.map(async (one) => (await one.getAddress()).toLowerCase() as Hex));
    const inbox = await hre.ethers.deployContract("ToyInbox");
    const prover = await hre.ethers.deployContract("ToyProver", toyArguments(await inbox.getAddress(), ground.rules));
    const parameters = wideParameters(ground, await prover.getAddress());
    const wide = (await hre.ethers.deployContract("ToyWide", [parameters])) as unknown as Contract;
    for (const account of accounts.slice(0, 3)) {
      await setBalance(await account.getAddress(), 10_000n * ETHER);
      await (await (wide.connect(account) as Contract).deposit({ value: 1000n * ETHER })).wait();
    }
    return new WideTable(wide, accounts, addresses, ground, parameters.challengePeriod);
  }

  side(lie: Lie | null = null): Side {
    return new Side(this.ground, lie);
  }

  /** In a block of its own, at that time or a second later. @returns the error's name where it is refused, else the receipt. */
  async play(by: number, { name, args }: Call, timeSeconds?: number): Promise<string | TransactionReceipt> {
    return this.send(by, this.wide.interface.encodeFunctionData(name, args), timeSeconds);
  }

  /** Several calls as one transaction. */
  async playAll(by: number, calls: readonly Call[]): Promise<string | TransactionReceipt> {
    const data = calls.map(({ name, args }) => this.wide.interface.encodeFunctionData(name, args));
    return this.play(by, { name: "multicall", args: [data] });
  }

  /** As `play`, of a call that must go through. */
  async must(by: number, call: Call, timeSeconds?: number): Promise<TransactionReceipt> {
    const answer = await this.play(by, call, timeSeconds);
    if (typeof answer === "string") throw new Error(`${call.name}: ${answer}`);
    return answer;
  }

  private async send(by: number, data: string, timeSeconds?: number): Promise<string | TransactionReceipt> {
    if (timeSeconds !== undefined) await time.setNextBlockTimestamp(timeSeconds);
    const to = await this.wide.getAddress();
    try {
      const sent = await this.accounts[by].sendTransaction({ to, data, gasLimit: MOST_GAS, gasPrice: 10n ** 10n });
      return (await sent.wait())!;
    } catch (error) {
      const revert = (error as { data?: string }).data;
      const name = revert === undefined ? undefined : this.wide.interface.parseError(revert)?.name;
      if (name === undefined) throw error;
      return name;
    }
  }
}

export function wideParameters({ heights }: Ground, prover: string) {
  const answers = heights[0] + heights[1] + heights[2] + 3;
  const challengePeriod = answers * RESPONSE_SECONDS + 1;
  return { heights, stakes: STAKES, challengePeriod, responseTime: RESPONSE_SECONDS, censorshipTime: 0, prover };
}

/** Inbox of so many batches that nobody has looked at. */
export function inboxOf(batchCount: number) {
  return { batchCount, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };
}

/** A quarter, as the contract is told of it. */
export function quarter(edge: Edge) {
  return { parent: edge.parent!.at, roots: edge.parent!.quarters, digit: digitOf(edge) };
}

export const calls = {
  stake: ({ origin, root }: Side): Call => ({
    name: "stakeRoot",
    args: [origin, root.root, root.history.node(0, 4 ** root.at.height - 1), root.history.spine()],
  }),
  /** @param rival - Another split edge at the parent's place, where the quarter's place is to be marked before. */
  split: (edge: Edge, other: Edge | null = null, rival: Edge | null = null): Call => {
    const evidence = [edge.quarters, other?.quarters ?? []];
    if (edge.parent === null) return { name: "split", args: [edge.at, ...evidence] };
    return { name: "splitQuarter", args: [quarter(edge), rival?.quarters ?? [], ...evidence] };
  },
  mark: (a: Edge, b: Edge): Call => ({ name: "mark", args: [a.at, a.quarters, b.quarters] }),
  open: ({ edge, leaf, above, last }: Claim, { ground }: Side): Call => ({
    name: "open",
    args: [quarter(leaf), above.origin, above.before, ground.inbox, edge.root, last, edge.history.spine()],
  }),
  prove: (claim: Claim, step: number, truth: Side): Call => {
    const leaf = leafOf(claim.edge, step);
    const before = beforeOf(leaf, claim.origin.start);
    const witness = truth.witness(claim, step);
    return { name: "proveStep", args: [quarter(leaf), claim.origin, before, truth.ground.inbox, witness] };
  },
  /** Of a leaf by the root edge that claims it, of any other by its quarters. */
  update: (edge: Edge, claim: Claim | null = null): Call => {
    if (claim !== null) return { name: "updateLeaf", args: [quarter(edge), claim.edge.at.origin, claim.edge.root] };
    if (edge.parent === null) return { name: "updateRoot", args: [edge.at, edge.quarters] };
    return { name: "updateQuarter", args: [quarter(edge), edge.quarters] };
  },
  confirm: ({ at, root }: Edge): Call => ({ name: "confirm", args: [at, root] }),
  slash: (loser: Edge, winner: Edge): Call => ({
    name: "slash",
    args: [loser.at, loser.root, winner.at, winner.root],
  }),
  reward: ({ at, root }: Edge, way: readonly unknown[]): Call => ({ name: "reward", args: [at, root, way] }),
};
