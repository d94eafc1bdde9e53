import type { Interface } from "ethers";
import { isErrorCode, SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import type { L1Requests } from "./l1Requests";

/** What a view of a game's contract answers if the replica is right. */
export interface Expectation {
  /** Of what it is told; the same is compared once. */
  readonly key: string;
  readonly view: string;
  readonly args: readonly unknown[];
  /** Fields of the answer that the replica knows; of an answer that is one value, that value under any name. */
  readonly holds: Readonly<Record<string, string | number | bigint | boolean>>;
}

/** Calls that are under way at once. */
const PARALLEL = 8;
/** Calls of one turn: whoever follows L1 has to be done before the next bad answer, and before its next blocks. */
const MOST = 64;

/**
 * Compares a replica with its contract. A range of logs is bound to nothing that L1 commits to: what its node leaves out of one twice, no log need
 * ever build on. The contract's own counts and words show it. Each expectation is compared once, and again after each range: some in each turn,
 * new ones first, then those that were compared the longest ago, so that a turn costs the same however much there is, and no bad answer
 * takes anything back. Blocks near the head, whose logs are proven by receipts, keep right what is right.
 */
export class Comparison {
  /** Ranges that were read when an expectation was compared last, by its key. */
  private compared = new Map<string, number>();
  private ranges = 0;
  private left = 0;

  constructor(
    private readonly rpc: L1Requests,
    private readonly queue: Hex,
    private readonly abi: Interface,
  ) {}

  /** Logs came from a range: everything is compared again. */
  forget(): void {
    this.ranges++;
  }

  /** Whether the last turn left nothing for another. */
  get isComplete(): boolean {
    return this.left === 0;
  }

  /**
   * Compares what is due, after the block of that hash, as far as one turn goes.
   * @returns the first difference in words, or null where there is none.
   * @throws SolventError `l1-*` where L1 does not answer; what was compared by then stays so.
   */
  async difference(expectations: Iterable<Expectation>, blockHash: Hex): Promise<string | null> {
    const due = this.due(expectations);
    const turn = due.slice(0, MOST);
    this.left = due.length;
    for (let at = 0; at < turn.length; at += PARALLEL) {
      const some = turn.slice(at, at + PARALLEL);
      const found = await Promise.all(some.map((expectation) => this.compare(expectation, blockHash)));
      const difference = found.find((text) => text !== null);
      if (difference !== undefined) return difference;
      for (const { key } of some) this.compared.set(key, this.ranges);
      this.left -= some.length;
    }
    return null;
  }

  /** Those that are due, the longest due first; what is expected no more is forgotten. */
  private due(expectations: Iterable<Expectation>): Expectation[] {
    const [known, due] = [new Map<string, number>(), [] as Expectation[]];
    for (const expectation of expectations) {
      const at = this.compared.get(expectation.key);
      if (at !== undefined) known.set(expectation.key, at);
      if (at !== this.ranges) due.push(expectation);
    }
    this.compared = known;
    const age = ({ key }: Expectation): number => known.get(key) ?? -1;
    return due.sort((a, b) => age(a) - age(b));
  }

  private async compare({ key, view, args, holds }: Expectation, blockHash: Hex): Promise<string | null> {
    const answer = await this.ask(view, args, blockHash);
    if (answer === null) return `${key} is not in the contract`;
    for (const [name, expected] of Object.entries(holds)) {
      const actual = typeof answer === "object" ? (answer as Record<string, unknown>)[name] : answer;
      if (String(actual).toLowerCase() !== String(expected).toLowerCase())
        return `${key}: ${name} is ${String(actual)} in the contract, ${String(expected)} by the logs`;
    }
    return null;
  }

  /** What the view answers; null where it refuses, since there is nothing of the kind. */
  private async ask(view: string, args: readonly unknown[], blockHash: Hex): Promise<unknown> {
    const data = this.abi.encodeFunctionData(view, args);
    let answer: string;
    try {
      answer = await this.rpc.send<string>("eth_call", [{ to: this.queue, data }, { blockHash }]);
    } catch (error) {
      if (isErrorCode(error, "l1-rpc") && /revert/i.test((error as SolventError).message)) return null;
      throw error;
    }
    try {
      return this.abi.decodeFunctionResult(view, answer)[0];
    } catch (cause) {
      this.rpc.elsewhere?.();
      throw new SolventError("l1-inconsistent", `L1 finds no queue at ${this.queue}`, { cause, retry: true });
    }
  }
}
