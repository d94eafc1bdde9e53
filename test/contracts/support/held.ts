import { expect } from "chai";
import type { BaseContract } from "ethers";
import hre from "hardhat";
import { Comparison, type Expectation } from "../../../games/comparison";
import type { Hex } from "../../../protocol/types";

/** The contract holds what a replica says that it holds: no honest node doubts its L1 for nothing. @returns how much was compared. */
export async function expectHeld(queue: BaseContract, expected: Iterable<Expectation>): Promise<number> {
  const { provider } = hre.ethers;
  const send = <T>(method: string, params: readonly unknown[]): Promise<T> =>
    provider.send(method, [...params]) as Promise<T>;
  const expectations = [...expected];
  const { hash } = (await provider.getBlock("latest"))!;
  const comparison = new Comparison({ send }, (await queue.getAddress()) as Hex, queue.interface);
  do expect(await comparison.difference(expectations, hash as Hex)).to.equal(null);
  while (!comparison.isComplete);
  return expectations.length;
}
