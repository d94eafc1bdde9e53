import hre from "hardhat";
import { mine, setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import { ContractFactory, type Contract, type Signer, type TransactionReceipt } from "ethers";
import type { Hex } from "../../../protocol/types";
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
} from "../../../games/edges";
import { toHex, word } from "../../../protocol";
import { parametersOf, ETHER, type GameSetup } from "../setup";
import { toyArguments, toyOutput, toyOutputRoot } from "../../truths/toy/machine";
import { compileOnce } from "./compile";

const MOST_GAS = 16_000_000;

/** A transaction to be put into a block. */
export interface Submission {
  from: Signer;
  moves: readonly Move[];
}

/** The game on a chain of its own, over the toy prover. */
export interface GameChain {
  queue: Contract;
  inbox: Contract;
  prover: Contract;
  parameters: GameParameters;
  genesis: Parent;
  accounts: Signer[];
  /** Addresses of the accounts, lower case. */
  addresses: Hex[];
  /** Sends moves as one transaction; reverts throw. */
  send(moves: readonly Move[], from?: Signer): Promise<TransactionReceipt>;
  /** Mines all transactions into one block, in order, at that time or right after the last block. @returns a receipt for each; a revert has status 0. */
  mineTogether(submissions: readonly Submission[], timeSeconds: number): Promise<TransactionReceipt[]>;
  /** All that the logs tell, at the latest block; the same object, grown, at each call. */
  replica(): Promise<GameReplica>;
  /** Appends batches to the inbox. */
  appendBatches(count: number): Promise<InboxState>;
}

/** Deploys inbox, prover and queue. */
export async function deployGame(setup: GameSetup): Promise<GameChain> {
  await compileOnce();
  const accounts = (await hre.ethers.getSigners()) as unknown as Signer[];
  const addresses = await Promise.all(accounts.map(async (account) => (await account.getAddress()).toLowerCase()));
  const inbox = (await hre.ethers.deployContract("ToyInbox")) as unknown as Contract;
  const proverArguments = toyArguments(await inbox.getAddress(), setup.rules);
  const prover = (await hre.ethers.deployContract("ToyProver", proverArguments)) as unknown as Contract;
  let batches = 0;
  const append = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await (await inbox.appendBatch(toHex(word(1000 + batches++)))).wait();
  };
  await append(setup.batches ?? 2);
  const queue = await deployQueue(
    setup,
    queueArguments(setup, await inbox.getAddress(), await prover.getAddress()),
    accounts[0],
  );
  const deployedAt = await hre.ethers.provider.getBlockNumber();
  for (const account of accounts.slice(0, setup.players ?? 5)) {
    await setBalance(await account.getAddress(), 10_000n * ETHER);
    await (await (queue.connect(account) as Contract).deposit({ value: 1000n * ETHER })).wait();
  }
  const genesisRoot = toyOutputRoot(toyOutput(0));
  const genesisInbox = toInboxState(await queue.inboxState());
  const chain = attachGame(queue, parametersOf(setup), accounts, deployedAt);
  return {
    ...chain,
    inbox,
    prover,
    genesis: { id: genesisAssertion(genesisRoot), outputRoot: genesisRoot, inbox: genesisInbox },
    addresses: addresses as Hex[],
    async appendBatches(count) {
      await append(count);
      return toInboxState(await queue.inboxState());
    },
  };
}

/** What playing needs, for a queue that stands. */
export function attachGame(
  queue: Contract,
  parameters: GameParameters,
  accounts: Signer[],
  deployedAt: number,
): Pick<GameChain, "queue" | "parameters" | "accounts" | "send" | "mineTogether" | "replica"> {
  const replica = new GameReplica(parameters);
  let nextBlock = deployedAt;
  const request = async ({ from, moves }: Submission, gasLimit: number) => {
    const to = await queue.getAddress();
    return from.sendTransaction({ to, data: encodeMoves(moves), gasLimit, gasPrice: 10n ** 10n });
  };
  return {
    queue,
    parameters,
    accounts,
    async send(moves, from = accounts[0]) {
      return (await (await request({ from, moves }, MOST_GAS)).wait())!;
    },
    async mineTogether(submissions, timeSeconds) {
      await hre.network.provider.send("evm_setAutomine", [false]);
      try {
        const sent = [];
        for (const submission of submissions) sent.push(await request(submission, MOST_GAS));
        await time.setNextBlockTimestamp(Math.max(timeSeconds, (await time.latest()) + 1));
        await hre.network.provider.send("evm_setBlockGasLimit", [
          toHex(word(MOST_GAS * (sent.length + 2))).replace(/^0x0*/, "0x"),
        ]);
        await mine();
        return await Promise.all(
          sent.map(async ({ hash }) => (await hre.ethers.provider.getTransactionReceipt(hash))!),
        );
      } finally {
        await hre.network.provider.send("evm_setAutomine", [true]);
      }
    },
    async replica() {
      const latest = (await hre.ethers.provider.getBlock("latest"))!;
      const address = await queue.getAddress();
      const range = { address, fromBlock: nextBlock, toBlock: latest.number };
      const logs = nextBlock > latest.number ? [] : await hre.ethers.provider.getLogs(range);
      const times = new Map<number, number>([[latest.number, latest.timestamp]]);
      for (const log of logs) {
        if (!times.has(log.blockNumber))
          times.set(log.blockNumber, (await hre.ethers.provider.getBlock(log.blockNumber))!.timestamp);
        replica.apply(parseGameLog(log)!, times.get(log.blockNumber)!);
      }
      nextBlock = latest.number + 1;
      replica.nowSeconds = latest.timestamp;
      return replica;
    },
  };
}

/** The constructor's argument. */
export function queueArguments(setup: GameSetup, inbox: string, prover: string) {
  const { heights, stakes, challengePeriodSeconds: challengePeriod } = parametersOf(setup);
  const responseTime = setup.responseTimeSeconds ?? 100;
  const genesisOutputRoot = toyOutputRoot(toyOutput(0));
  return {
    ...{ heights, stakes, challengePeriod, responseTime, censorshipTime: 0 },
    ...{ genesisOutputRoot, inbox, prover },
  };
}

async function deployQueue(setup: GameSetup, argument: unknown, deployer: Signer): Promise<Contract> {
  const { contract = "ToyQueue" } = setup;
  if (typeof contract === "string")
    return (await hre.ethers.deployContract(contract, [argument])) as unknown as Contract;
  const factory = new ContractFactory(contract.abi as never, contract.bytecode, deployer);
  const deployed = await factory.deploy(argument);
  await deployed.waitForDeployment();
  return deployed as unknown as Contract;
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
    // A witness that the toy prover cannot even decode.
    if (data === "0x") return "BadWitness";
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
