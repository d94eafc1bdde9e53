import hre from "hardhat";
import { mine, setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import type { Contract, Signer, TransactionReceipt } from "ethers";
import {
  CLAIMS_ABI,
  ClaimsReplica,
  parseClaimsLog,
  type ClaimsMove,
  type ClaimsParameters,
} from "../../../games/claims";
import { encodeMove } from "../../../games/claims/moves";
import { toInboxState } from "../../../games/assertions";
import { genesisAssertion } from "../../../games/names";
import type { Parent } from "../../../games/truth";
import { toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { toyArguments, toyOutput, toyOutputRoot, type ToyRules } from "../../../simulator/truths/toy/machine";

const ETHER = 10n ** 18n;
const MOST_GAS = 16_000_000n;

export interface ClaimsSetup {
  heights: readonly [number, number, number];
  rules: ToyRules;
  batches?: number;
  maxClockSeconds?: number;
  clockExtensionSeconds?: number;
  stepSeconds?: number;
  /** By which each depth multiplies the bond. */
  growth?: bigint;
}

export const DEFAULT_CLOCK = { maxClockSeconds: 60, clockExtensionSeconds: 5, stepSeconds: 3 };

/** The game of claims over the toy prover, on a chain of its own; account 0 is the honest one. */
export class ClaimsTable {
  replica = new ClaimsReplica();
  private nextBlock: number;

  private constructor(
    readonly queue: Contract,
    readonly accounts: Signer[],
    readonly addresses: Hex[],
    readonly genesis: Parent,
    readonly parameters: ClaimsParameters,
    private readonly deployedAt: number,
  ) {
    this.nextBlock = deployedAt;
  }

  static async lay(setup: ClaimsSetup): Promise<ClaimsTable> {
    await compileOnce();
    const accounts = (await hre.ethers.getSigners()) as unknown as Signer[];
    const addresses = await Promise.all(accounts.map(async (one) => (await one.getAddress()).toLowerCase() as Hex));
    const inbox = (await hre.ethers.deployContract("ToyInbox")) as unknown as Contract;
    const prover = await hre.ethers.deployContract("ToyProver", toyArguments(await inbox.getAddress(), setup.rules));
    for (let i = 0; i < (setup.batches ?? 2); i++) await (await inbox.appendBatch(toHex(word(1000 + i)))).wait();
    const argument = claimsArguments(setup, await inbox.getAddress(), await prover.getAddress());
    const queue = (await hre.ethers.deployContract("ToyClaims", [argument])) as unknown as Contract;
    const deployedAt = await hre.ethers.provider.getBlockNumber();
    for (const account of accounts.slice(0, 5)) {
      await setBalance(await account.getAddress(), 100_000n * ETHER);
      await (await (queue.connect(account) as Contract).deposit({ value: 10_000n * ETHER })).wait();
    }
    const outputRoot = toyOutputRoot(toyOutput(0));
    const inboxState = toInboxState(await queue.inboxState());
    const genesis = { id: genesisAssertion(outputRoot), outputRoot, inbox: inboxState };
    const depths = setup.heights.reduce((sum, height) => sum + height, 2);
    const bonds: bigint[] = [];
    for (let depth = 0; depth < depths; depth++) bonds.push((await queue.bondOf(depth)) as bigint);
    const maxClockSeconds = Number(await queue.challengePeriod());
    const parameters = { heights: setup.heights, bonds, maxClockSeconds };
    return new ClaimsTable(queue, accounts, addresses, genesis, parameters, deployedAt);
  }

  /** Puts one move into a block of its own at that time. @returns the error's name where it is refused, else the receipt. */
  async play(by: number, move: ClaimsMove, timeSeconds?: number): Promise<string | TransactionReceipt> {
    const to = await this.queue.getAddress();
    const data = encodeMove(move);
    const at = Math.max(timeSeconds ?? 0, (await time.latest()) + 1);
    await time.setNextBlockTimestamp(at);
    try {
      const sent = await this.accounts[by].sendTransaction({ to, data, gasLimit: MOST_GAS });
      return (await sent.wait())!;
    } catch (error) {
      if ((await time.latest()) < at) {
        await time.setNextBlockTimestamp(at);
        await mine();
      }
      return errorName(error);
    }
  }

  /** After the chain was put back to an earlier state. */
  rewind(): void {
    this.replica = new ClaimsReplica();
    this.nextBlock = this.deployedAt;
  }

  /** All that the logs tell, at the latest block. */
  async follow(): Promise<ClaimsReplica> {
    const { provider } = hre.ethers;
    const latest = (await provider.getBlock("latest"))!;
    const address = await this.queue.getAddress();
    if (this.nextBlock <= latest.number)
      for (const log of await provider.getLogs({ address, fromBlock: this.nextBlock, toBlock: latest.number })) {
        const event = parseClaimsLog(log);
        if (event !== null) this.replica.apply(event, (await provider.getBlock(log.blockNumber))!.timestamp);
      }
    this.nextBlock = latest.number + 1;
    this.replica.nowSeconds = latest.timestamp;
    return this.replica;
  }
}

/** The constructor's argument. */
export function claimsArguments(setup: ClaimsSetup, inbox: string, prover: string) {
  const { maxClockSeconds, clockExtensionSeconds, stepSeconds } = { ...DEFAULT_CLOCK, ...setup };
  return {
    ...{ heights: setup.heights, bond: ETHER, bondGrowth: setup.growth ?? (ETHER * 11n) / 10n },
    ...{ maxClock: maxClockSeconds, clockExtension: clockExtensionSeconds, stepTime: stepSeconds },
    ...{ genesisOutputRoot: toyOutputRoot(toyOutput(0)), inbox, prover },
  };
}

function errorName(error: unknown): string {
  for (let at: unknown = error; at !== null && typeof at === "object";) {
    const { data, error: inner, info, cause } = at as Record<string, unknown>;
    if (typeof data === "string" && data.startsWith("0x")) return CLAIMS_ABI.parseError(data)?.name ?? "BadWitness";
    at = (data as object) ?? inner ?? info ?? cause ?? null;
  }
  throw error;
}
