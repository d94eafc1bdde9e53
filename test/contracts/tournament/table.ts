import hre from "hardhat";
import { mine, setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import type { Contract, Signer, TransactionReceipt } from "ethers";
import { toInboxState } from "../../../games/assertions";
import { genesisAssertion, inboxHash } from "../../../games/names";
import type { InboxState, Origin } from "../../../games/types";
import { toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { toyArguments, toyOutput, toyOutputRoot, type ToyRules } from "../../../simulator/truths/toy/machine";

export const ETHER = 10n ** 18n;
/** What each account has in the queue at the beginning, in ether. */
export const DEPOSIT = 10_000;
const MOST_GAS = 16_000_000n;

export interface TournamentSetup {
  heights: readonly [number, number, number];
  rules: ToyRules;
  batches: number;
  censorshipSeconds: number;
  responseSeconds: number;
  buildSeconds: number;
}

/** One call of the queue's. */
export interface Call {
  name: string;
  args: readonly unknown[];
}

/** The tournament over the toy prover, on a chain of its own. */
export class TournamentTable {
  private constructor(
    readonly queue: Contract,
    readonly accounts: readonly Signer[],
    readonly addresses: readonly Hex[],
    readonly origin: Origin,
    readonly inbox: InboxState,
  ) {}

  static async lay(setup: TournamentSetup): Promise<TournamentTable> {
    await hre.run("compile", { quiet: true });
    const accounts = (await hre.ethers.getSigners()) as unknown as Signer[];
    const addresses = await Promise.all(accounts.map(async (one) => (await one.getAddress()).toLowerCase() as Hex));
    const inbox = (await hre.ethers.deployContract("ToyInbox")) as unknown as Contract;
    const prover = await hre.ethers.deployContract("ToyProver", toyArguments(await inbox.getAddress(), setup.rules));
    for (let i = 0; i < setup.batches; i++) await (await inbox.appendBatch(toHex(word(1000 + i)))).wait();
    const argument = tournamentArguments(setup, await inbox.getAddress(), await prover.getAddress());
    const queue = (await hre.ethers.deployContract("ToyTournament", [argument])) as unknown as Contract;
    for (const account of accounts.slice(0, 6)) {
      await setBalance(await account.getAddress(), 100_000n * ETHER);
      await (await (queue.connect(account) as Contract).deposit({ value: BigInt(DEPOSIT) * ETHER })).wait();
    }
    const outputRoot = toyOutputRoot(toyOutput(0));
    const seen = toInboxState(await queue.inboxState());
    const origin = { above: genesisAssertion(outputRoot), start: outputRoot, inbox: inboxHash(seen) };
    return new TournamentTable(queue, accounts, addresses, origin, seen);
  }

  /** Puts one call into a block of its own at that time. @returns the error's name where it is refused, else the receipt. */
  async play(by: number, { name, args }: Call, timeSeconds: number): Promise<string | TransactionReceipt> {
    const queue = this.queue.connect(this.accounts[by]) as Contract;
    await time.setNextBlockTimestamp(timeSeconds);
    try {
      return (await (await queue.getFunction(name).send(...args, { gasLimit: MOST_GAS })).wait())!;
    } catch (error) {
      if ((await time.latest()) < timeSeconds) {
        await time.setNextBlockTimestamp(timeSeconds);
        await mine();
      }
      return this.errorName(error);
    }
  }

  private errorName(error: unknown): string {
    for (let at: unknown = error; at !== null && typeof at === "object";) {
      const { data, error: inner, info, cause } = at as Record<string, unknown>;
      if (typeof data === "string" && data.startsWith("0x"))
        return (data.length < 10 ? null : this.queue.interface.parseError(data))?.name ?? "BadWitness";
      at = (data as object) ?? inner ?? info ?? cause ?? null;
    }
    throw error;
  }
}

/** The constructor's argument. */
export function tournamentArguments(setup: TournamentSetup, inbox: string, prover: string) {
  const { censorshipSeconds, responseSeconds, buildSeconds } = setup;
  return {
    ...{ heights: setup.heights, bonds: [ETHER, ETHER / 2n, ETHER / 4n] },
    ...{ censorshipTime: censorshipSeconds, responseTime: responseSeconds, buildTime: buildSeconds },
    ...{ genesisOutputRoot: toyOutputRoot(toyOutput(0)), inbox, prover },
  };
}
