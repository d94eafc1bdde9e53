import hre from "hardhat";
import { mine, setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import type { Contract, Signer, TransactionReceipt } from "ethers";
import { toInboxState } from "../../../games/assertions";
import { genesisAssertion, inboxHash } from "../../../games/names";
import {
  parseTournamentLog,
  TournamentReplica,
  type TournamentMove,
  type TournamentParameters,
} from "../../../games/tournament";
import { encodeMove } from "../../../games/tournament/moves";
import type { Parent } from "../../../games/truth";
import type { InboxState, Origin } from "../../../games/types";
import { toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
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
  private replica: TournamentReplica;
  private nextBlock: number;

  private constructor(
    readonly queue: Contract,
    readonly accounts: readonly Signer[],
    readonly addresses: readonly Hex[],
    readonly genesis: Parent,
    readonly parameters: TournamentParameters,
    private readonly deployedAt: number,
  ) {
    this.replica = new TournamentReplica(parameters);
    this.nextBlock = deployedAt;
  }

  /** Of the first assertions. */
  get origin(): Origin {
    const { id, outputRoot, inbox } = this.genesis;
    return { above: id, start: outputRoot, inbox: inboxHash(inbox) };
  }

  get inbox(): InboxState {
    return this.genesis.inbox;
  }

  static async lay(setup: TournamentSetup): Promise<TournamentTable> {
    await compileOnce();
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
    const genesis = { id: genesisAssertion(outputRoot), outputRoot, inbox: seen };
    const { heights, bonds } = argument;
    const parameters = { heights, bonds, allowanceSeconds: Number(await queue.challengePeriod()) };
    const deployedAt = await hre.ethers.provider.getBlockNumber();
    return new TournamentTable(queue, accounts, addresses, genesis, parameters, deployedAt);
  }

  /** Puts a player's move into a block of its own. @returns the error's name where it is refused, else the receipt. */
  async make(by: number, move: TournamentMove): Promise<string | TransactionReceipt> {
    return this.send(by, encodeMove(move), (await time.latest()) + 1);
  }

  /** After the chain was put back to an earlier state. */
  rewind(): void {
    this.replica = new TournamentReplica(this.parameters);
    this.nextBlock = this.deployedAt;
  }

  /** All that the logs tell, at the latest block. */
  async follow(): Promise<TournamentReplica> {
    const { provider } = hre.ethers;
    const latest = (await provider.getBlock("latest"))!;
    const address = await this.queue.getAddress();
    if (this.nextBlock <= latest.number)
      for (const log of await provider.getLogs({ address, fromBlock: this.nextBlock, toBlock: latest.number })) {
        const event = parseTournamentLog(log);
        if (event !== null) this.replica.apply(event, (await provider.getBlock(log.blockNumber))!.timestamp);
      }
    this.nextBlock = latest.number + 1;
    this.replica.nowSeconds = latest.timestamp;
    return this.replica;
  }

  /** Puts one call into a block of its own at that time. @returns the error's name where it is refused, else the receipt. */
  async play(by: number, { name, args }: Call, timeSeconds: number): Promise<string | TransactionReceipt> {
    return this.send(by, this.queue.interface.encodeFunctionData(name, args) as Hex, timeSeconds);
  }

  private async send(by: number, data: Hex, timeSeconds: number): Promise<string | TransactionReceipt> {
    const to = await this.queue.getAddress();
    await time.setNextBlockTimestamp(timeSeconds);
    try {
      const sent = await this.accounts[by].sendTransaction({ to, data, gasLimit: MOST_GAS });
      return (await sent.wait())!;
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
    ...{ heights: setup.heights, bonds: [ETHER, ETHER / 2n, ETHER / 4n] as const },
    ...{ censorshipTime: censorshipSeconds, responseTime: responseSeconds, buildTime: buildSeconds },
    ...{ genesisOutputRoot: toyOutputRoot(toyOutput(0)), inbox, prover },
  };
}
