import hre from "hardhat";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import type { Contract, Signer, TransactionReceipt } from "ethers";
import type { Hex } from "../../../node/chain/types";
import {
  GameReplica,
  QUEUE_ABI,
  encodeMoves,
  genesisAssertion,
  parseGameLog,
  toInboxState,
  type GameParameters,
  type InboxState,
  type Move,
  type Parent,
} from "../../../node/game";
import { toHex, word } from "../../../node/protocol";
import { toyArguments, toyOutput, toyOutputRoot, type ToyRules } from "../toy/machine";

export interface GameSetup {
  heights: readonly [number, number, number];
  rules: ToyRules;
  /** Batches in the inbox before the queue is deployed: blocks that the first assertion's runs make. */
  batches?: number;
  responseTimeSeconds?: number;
  /** Default: (H0 + H1 + H2 + 3) * responseTime + 1. */
  challengePeriodSeconds?: number;
  stakes?: readonly [bigint, bigint, bigint];
  /** Default: ToyQueue. */
  contract?: "ToyQueue" | "StateRootQueue";
}

/** The game on a chain of its own, over the toy prover. */
export interface GameChain {
  queue: Contract;
  inbox: Contract;
  prover: Contract;
  parameters: GameParameters;
  genesis: Parent;
  accounts: Signer[];
  /** Sends moves as one transaction; reverts throw. */
  send(moves: readonly Move[], from?: Signer): Promise<TransactionReceipt>;
  /** All that the logs tell, at the latest block. */
  replica(): Promise<GameReplica>;
  /** Appends batches to the inbox. */
  appendBatches(count: number): Promise<InboxState>;
}

export const ETHER = 10n ** 18n;

/** Deploys inbox, prover and queue; the first five accounts have a thousand ether of balance in the queue. */
export async function deployGame(setup: GameSetup): Promise<GameChain> {
  const accounts = (await hre.ethers.getSigners()) as unknown as Signer[];
  const inbox = (await hre.ethers.deployContract("ToyInbox")) as unknown as Contract;
  const prover = (await hre.ethers.deployContract("ToyProver", toyArguments(setup.rules))) as unknown as Contract;
  const parameters = parametersOf(setup);
  let batches = 0;
  const appendBatches = async (count: number): Promise<InboxState> => {
    for (let i = 0; i < count; i++) await (await inbox.appendBatch(toHex(word(1000 + batches++)))).wait();
    return toInboxState(await queueOf().inboxState());
  };
  let queue: Contract | undefined;
  const queueOf = (): Contract => queue!;
  for (; batches < (setup.batches ?? 2); batches++) await (await inbox.appendBatch(toHex(word(1000 + batches)))).wait();
  queue = (await hre.ethers.deployContract(setup.contract ?? "ToyQueue", [
    queueArguments(setup, await inbox.getAddress(), await prover.getAddress()),
  ])) as unknown as Contract;
  const deployedAt = await hre.ethers.provider.getBlockNumber();
  const genesisRoot = toyOutputRoot(toyOutput(0));
  for (const account of accounts.slice(0, 5))
    await (await (queue.connect(account) as Contract).deposit({ value: 1000n * ETHER })).wait();
  const address = await queue.getAddress();
  return {
    queue,
    inbox,
    prover,
    parameters,
    genesis: {
      id: genesisAssertion(genesisRoot),
      outputRoot: genesisRoot,
      inbox: toInboxState(await queue.inboxState()),
    },
    accounts,
    appendBatches,
    async send(moves, from = accounts[0]) {
      const response = await from.sendTransaction({ to: address, data: encodeMoves(moves), gasLimit: 16_000_000 });
      return (await response.wait())!;
    },
    async replica() {
      const replica = new GameReplica(parameters);
      const logs = await hre.ethers.provider.getLogs({ address, fromBlock: deployedAt });
      const times = new Map<number, number>();
      for (const log of logs) {
        if (!times.has(log.blockNumber))
          times.set(log.blockNumber, (await hre.ethers.provider.getBlock(log.blockNumber))!.timestamp);
        replica.apply(parseGameLog(log)!, times.get(log.blockNumber)!);
      }
      replica.nowSeconds = await time.latest();
      return replica;
    },
  };
}

export function parametersOf(setup: GameSetup): GameParameters {
  const answers = setup.heights[0] + setup.heights[1] + setup.heights[2] + 3;
  return {
    heights: setup.heights,
    challengePeriodSeconds: setup.challengePeriodSeconds ?? answers * (setup.responseTimeSeconds ?? 100) + 1,
    stakes: setup.stakes ?? [16n * ETHER, 4n * ETHER, ETHER],
  };
}

/** The constructor's argument. */
export function queueArguments(setup: GameSetup, inbox: string, prover: string) {
  const { heights, stakes, challengePeriodSeconds: challengePeriod } = parametersOf(setup);
  const responseTime = setup.responseTimeSeconds ?? 100;
  const genesisOutputRoot = toyOutputRoot(toyOutput(0));
  return { heights, stakes, challengePeriod, responseTime, genesisOutputRoot, inbox, prover };
}

/** The custom error's name of a refused transaction; null when it went through. */
export async function refusal(call: Promise<unknown>): Promise<string | null> {
  try {
    const result = await call;
    if (result !== null && typeof result === "object" && "wait" in result)
      await (result as { wait(): Promise<unknown> }).wait();
    return null;
  } catch (error) {
    const data = errorData(error);
    if (data === null) throw error;
    return QUEUE_ABI.parseError(data)?.name ?? (data.startsWith("0x4e487b71") ? "Panic" : "BadWitness");
  }
}

/** The revert data, wherever the client put it; null where there is none. */
function errorData(error: unknown): Hex | null {
  for (let at: unknown = error; at !== null && typeof at === "object";) {
    const { data, error: inner, info, cause } = at as Record<string, unknown>;
    if (typeof data === "string" && data.startsWith("0x")) return data as Hex;
    at = (data as object) ?? inner ?? info ?? cause ?? null;
  }
  return null;
}
