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

/**
 * Compares a replica with its contract. A range of logs is bound to nothing that L1 commits to: what its node leaves out of one twice, no log need
 * ever build on. The contract's own counts and words show it. Each expectation is compared once: blocks near the head, whose logs are proven
 * by receipts, keep right what is right.
 */
export class Comparison {
  private readonly compared = new Set<string>();

  constructor(
    private readonly rpc: L1Requests,
    private readonly queue: Hex,
    private readonly abi: Interface,
  ) {}

  /** Everything is compared again: logs came from a range. */
  forget(): void {
    this.compared.clear();
  }

  /**
   * Compares what was not, after the block of that hash.
   * @returns the first difference in words, or null where there is none.
   * @throws SolventError `l1-*` where L1 does not answer.
   */
  async difference(expectations: Iterable<Expectation>, blockHash: Hex): Promise<string | null> {
    const due: Expectation[] = [];
    for (const expectation of expectations) if (!this.compared.has(expectation.key)) due.push(expectation);
    for (let at = 0; at < due.length; at += PARALLEL) {
      const some = due.slice(at, at + PARALLEL);
      const found = await Promise.all(some.map((expectation) => this.compare(expectation, blockHash)));
      const difference = found.find((text) => text !== null);
      if (difference !== undefined) return difference;
      for (const { key } of some) this.compared.add(key);
    }
    return null;
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
