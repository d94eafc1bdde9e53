import { join } from "node:path";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { AbiCoder, keccak256 as hashHex, toBeHex, ZeroAddress, type Contract, type Signer } from "ethers";
import hre from "hardhat";
import {
  createGenesis,
  deploySystem,
  PREDEPLOYS,
  readArtifact,
  type DeploymentConfig,
  type DeploymentConfigInput,
} from "../../../deployment";
import {
  genesisAssertion,
  inboxHash,
  lastLeafOf,
  OutputTree,
  rootPlace,
  edgeId,
  spineOf,
  type HistoryTree,
  type Origin,
  type OutputPreimage,
  type Parent,
} from "../../../games/edges";
import { createStateReader, genesisFromJson, type GenesisJson, type StateReader } from "../../../node/state";
import {
  blockHash,
  encodeCursor,
  encodeHeader,
  fromHex,
  keccak256,
  outputRoot,
  outputRootPreimage,
  toHex,
  ZERO_HASH,
} from "../../../protocol";
import type { BlockHeader, Hex, NodeStore } from "../../../protocol/types";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { ETHER, parametersOf } from "../../../simulator/boards/setup";
import type { ProgramChain } from "../../../simulator/truths/vmTruth";
import { proveTrap } from "../../../verifier/exit";
import { compileToBytes } from "../../../vm/build/asc";
import { commitProgram } from "../../../vm/commit/program";
import { flatten } from "../../../vm/flatten";
import { eventsOf, messagesOf, type SentMessage } from "./system";
import { messageSlot } from "./withdrawals";

export const HEIGHTS = [2, 4, 4] as const;
/** Blocks that L2 made; the run after the last one traps. */
const BLOCKS = 2;
const NONE: OutputPreimage = { stateRoot: ZERO_HASH, messagePasserStorageRoot: ZERO_HASH, header: "0x" };
const DELEGATION = `0xef0100${"ab".repeat(20)}` as Hex;
/** An account of L2 with code. */
export const VAULT: Hex = "0x00000000000000000000000000000000c0de0001";
/** Holds tokens and nothing else: L2's state has no account of it. */
export const L2_TOKEN: Hex = "0x00000000000000000000000000000000c0de0002";

/** What L2 owes at the last root, with what L1 has sent that it never took in. */
export const OWED = {
  ether: { user: 90n * ETHER, delegated: 7n * ETHER, vault: 4n * ETHER, relay: 5n * ETHER },
  withdrawn: 10n * ETHER,
  tokens: { user: 300n, sleeper: 50n, vault: 10n },
  tokensWithdrawn: 40n,
  deposits: { other: 3n * ETHER, relay: 2n * ETHER, tokens: 25n },
} as const;

/** A withdrawal as L1 takes it. */
export interface RecordedWithdrawal {
  nonce: bigint;
  sender: string;
  target: string;
  value: bigint;
  gasLimit: bigint;
  data: string;
}

/** L2 up to the block before the trap: what is behind its output roots. */
interface TrapChain extends ProgramChain {
  roots: Hex[];
  outputs: OutputPreimage[];
  nodes: NodeStore;
  /** At the last root. */
  state: StateReader;
}

export type TrappedSystem = Awaited<ReturnType<typeof deployTrapped>>;

/**
 * The real contracts over a wasm program that traps behind block 2, its queue with low trees, and money in every place: accounts with
 * a key, a delegated one, a contract, an L1 contract's alias, a holder of tokens without account, withdrawals under way, deposits that
 * L2 took in and such that it did not. Use with `loadFixture`.
 * @param brakeOf - What the bridge holds back; nothing by default.
 */
export async function deployTrapped(brakeOf?: (token: string) => DeploymentConfigInput["brake"]) {
  await compileOnce();
  const signers = await hre.ethers.getSigners();
  const [deployer, sequencer, user, other, delegated, sleeper, liar] = signers;
  const token = (await hre.ethers.deployContract("OrdinaryToken")) as unknown as Contract;
  const relay = (await hre.ethers.deployContract("Relay")) as unknown as Contract;
  const receiver = toBeHex(0xfeed, 20);
  const program = flatten(await compileToBytes(join(__dirname, "../../support/game/programs/headers.as.ts"), 1));
  const parameters = parametersOf({ heights: HEIGHTS });
  let chain!: TrapChain;
  let withdrawals!: { ether: RecordedWithdrawal; tokens: RecordedWithdrawal };
  const accounts = { [user.address]: 100n * ETHER, [delegated.address]: OWED.ether.delegated, [VAULT]: 4n * ETHER };
  const deployment = await deploySystem(
    deployer,
    {
      ...{ sequencer: sequencer.address, feeRecipient: other.address, accounts, salt: token.target as string },
      brake: brakeOf?.(token.target as string),
    },
    {
      contracts: {
        prover: {
          source: "vm/OneStepProver",
          args: ({ addresses }) => [commitProgram(program), addresses.inbox],
        },
        queue: {
          source: "test/ToyQueue",
          args({ config, addresses }) {
            withdrawals = recordWithdrawals(addresses, token, user.address, receiver);
            const holders = { user: user.address, sleeper: sleeper.address, vault: VAULT } as Record<string, string>;
            const alloc = lastAlloc(config, addresses, withdrawals, token, holders, [
              [user.address, OWED.ether.user],
              [aliasOf(relay), OWED.ether.relay],
              [delegated.address, OWED.ether.delegated, DELEGATION],
              [VAULT, OWED.ether.vault, "0x00"],
            ]);
            chain = createChain(createGenesis(config, addresses), alloc);
            const { heights, stakes, challengePeriodSeconds: challengePeriod } = parameters;
            const { inbox, prover } = addresses;
            const genesisOutputRoot = chain.roots[0];
            const times = { challengePeriod, responseTime: 100, censorshipTime: 0 };
            return [{ heights, stakes, ...times, genesisOutputRoot, inbox, prover }];
          },
        },
      },
    },
  );
  const { addresses } = deployment;
  const variant = brakeOf === undefined ? "" : "Braked";
  const portal = await hre.ethers.getContractAt(`${variant}Portal` as "Portal", addresses.portal);
  const inbox = await hre.ethers.getContractAt("Inbox", addresses.inbox);
  const tokenBridge = await hre.ethers.getContractAt(`${variant}TokenBridge` as "TokenBridge", addresses.tokenBridge);
  const queue = (await hre.ethers.getContractAt("ToyQueue", addresses.queue)) as unknown as Contract;
  const deployedAt = await hre.ethers.provider.getBlockNumber();

  const system = { inbox: inbox as unknown as Contract };
  const messages: SentMessage[] = [];
  const sent = async (call: Promise<{ wait(): Promise<unknown> }>) => {
    messages.push(...messagesOf(system, (await (await call).wait()) as never));
  };
  const deposit = portal.interface.encodeFunctionData("depositTransaction", [ZeroAddress, 0, 60_000, true, "0x"]);
  await (await token.mint(user.address, 1000)).wait();
  await (await token.connect(user).getFunction("approve")(tokenBridge.target, 1000)).wait();
  const depositToken = tokenBridge.connect(user).getFunction("depositToken");
  await sent(relay.relay(portal.target, deposit, { value: OWED.ether.relay }));
  await sent(depositToken(token.target, L2_TOKEN, user.address, 400));
  // From here on nothing was taken in.
  await sent(other.sendTransaction({ to: portal.target, value: OWED.deposits.other }) as never);
  await sent(depositToken(token.target, L2_TOKEN, other.address, OWED.deposits.tokens));
  await sent(relay.relay(portal.target, deposit, { value: OWED.deposits.relay }));

  const none = { batchCount: 0, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };
  const genesis: Parent = { id: genesisAssertion(chain.roots[0]), outputRoot: chain.roots[0], inbox: none };
  return {
    ...{ signers, deployer, user, other, delegated, sleeper, liar, token, relay, receiver },
    ...{ portal, inbox, tokenBridge, queue, deployment, deployedAt, parameters, program, genesis, messages },
    ...{ chain, withdrawals, delegation: DELEGATION },
  };
}

/** The true history of the assertion in which the program trapped. */
export function trueHistory(chain: TrapChain): HistoryTree {
  return new OutputTree(HEIGHTS[0], [...chain.roots.slice(1), ZERO_HASH]);
}

/** An assertion with its number, as `proveTrap` takes it. */
export interface Asserted {
  index: bigint;
  id: Hex;
  origin: Origin;
  tree: HistoryTree;
  confirm(): Promise<void>;
}

/** Asserts a history over genesis, or over another assertion. Its end is the zero root unless a preimage is given. */
export async function assertHistory(
  system: Pick<TrappedSystem, "queue" | "genesis" | "chain" | "parameters">,
  by: Signer,
  tree: HistoryTree,
  { origin, output = NONE }: { origin?: Origin; output?: OutputPreimage } = {},
): Promise<Asserted> {
  const { genesis } = system;
  const from = origin ?? { above: genesis.id, start: genesis.outputRoot, inbox: inboxHash(genesis.inbox) };
  const queue = system.queue.connect(by) as Contract;
  await (await queue.deposit({ value: await queue.stakeOf(0) })).wait();
  const receipt = await (await queue.assertState(from, tree.root, output, spineOf(tree))).wait();
  const [added] = eventsOf(queue, receipt.logs, "AssertionAdded");
  const place = rootPlace(0, from, tree.height);
  return {
    index: added.index as bigint,
    id: edgeId(place, tree.root),
    origin: from,
    tree,
    async confirm() {
      await time.increase(system.parameters.challengePeriodSeconds);
      await (await queue.confirm(place, tree.root)).wait();
    },
  };
}

/** What its children start from. */
export async function childOriginOf(system: TrappedSystem, { id, tree }: Asserted): Promise<Origin> {
  const state = await system.queue.inboxState();
  const inbox = {
    batchCount: Number(state[0]),
    lastBatch: state[1],
    delayedCount: Number(state[2]),
    lastDelayed: state[3],
  };
  return { above: id, start: lastLeafOf(tree), inbox: inboxHash(inbox as never) };
}

/** Asserts the truth, has it confirmed unopposed, and proves the trap. */
export async function deployExited(brakeOf?: Parameters<typeof deployTrapped>[0]) {
  const system = await deployTrapped(brakeOf);
  const asserted = await assertHistory(system, system.deployer, trueHistory(system.chain));
  await asserted.confirm();
  await (await system.portal.proveTrap(trapArgument(asserted), system.chain.outputs[BLOCKS])).wait();
  return { ...system, asserted };
}

/** The proof of a trap, as the contract takes it. */
export function trapArgument(asserted: Asserted) {
  return proveTrap(asserted, asserted.tree);
}

/** A message as `exitDeposit` takes it. */
export function messageArgument(message: SentMessage) {
  const { sender, isCreation, to, mint, value, gasLimit, data, l1Number, l1Time, l1BaseFee, l1ParentHash } = message;
  const chunks = data === "0x" ? "" : hashHex(data).slice(2);
  const dataHash = hashHex(`${hashHex(Buffer.from("solvent.chunks"))}${chunks}`);
  return { sender, isCreation, to, mint, value, gasLimit, dataHash, l1Number, l1Time, l1BaseFee, l1ParentHash };
}

/** Address on L2 of a contract on L1. */
export function aliasOf(contract: Contract): Hex {
  const sum = BigInt(contract.target as string) + 0x1111000000000000000000000000000000001111n;
  return toBeHex(sum & (2n ** 160n - 1n), 20) as Hex;
}

function recordWithdrawals(addresses: { tokenBridge: string }, token: Contract, user: string, receiver: string) {
  const release = hre.ethers.Interface.from(readArtifact("bridge/TokenBridge").abi).encodeFunctionData("releaseToken", [
    ...[token.target, user, receiver, OWED.tokensWithdrawn],
  ]);
  const version = 1n << 240n;
  const ether = {
    nonce: version,
    sender: user,
    target: receiver,
    value: OWED.withdrawn,
    gasLimit: 21_000n,
    data: "0x",
  };
  const tokens = { nonce: version + 1n, sender: PREDEPLOYS.l2Bridge, target: addresses.tokenBridge, value: 0n };
  return { ether, tokens: { ...tokens, gasLimit: 200_000n, data: release } };
}

/** The hash under which L2 records a withdrawal. */
export function hashWithdrawal(w: RecordedWithdrawal): Hex {
  const types = ["uint256", "address", "address", "uint256", "uint256", "bytes"];
  const values = [w.nonce, w.sender, w.target, w.value, w.gasLimit, w.data];
  return hashHex(AbiCoder.defaultAbiCoder().encode(types, values)) as Hex;
}

/** L2's accounts at the last root. */
function lastAlloc(
  config: DeploymentConfig,
  addresses: { tokenBridge: string },
  withdrawals: Record<string, RecordedWithdrawal>,
  token: Contract,
  holders: Record<string, string>,
  accounts: [address: string, balance: bigint, code?: string][],
): GenesisJson {
  const json = createGenesis(config, addresses);
  const alloc = json.alloc as Record<string, { balance?: string; code?: string; storage?: Record<string, string> }>;
  for (const [address, balance, code] of accounts) alloc[address.toLowerCase()] = { balance: `${balance}`, code };
  const passer = alloc[PREDEPLOYS.messagePasser];
  passer.balance = `${OWED.withdrawn}`;
  passer.storage = Object.fromEntries(
    Object.values(withdrawals).map((item) => [messageSlot(hashWithdrawal(item)), "0x01"]),
  );
  alloc[PREDEPLOYS.tokenFactory].storage = { [addressSlot(L2_TOKEN)]: token.target as string };
  const balances = Object.entries(OWED.tokens).map(([name, amount]) => [addressSlot(holders[name]), toBeHex(amount)]);
  alloc[L2_TOKEN] = { code: readArtifact("l2/L2Token").deployedBytecode, storage: Object.fromEntries(balances) };
  return json;
}

function addressSlot(address: string): string {
  return messageSlot(toBeHex(address, 32));
}

/** Made from its end, for each block's parent hash is the output root after it (see the program). */
function createChain(first: GenesisJson, last: GenesisJson): TrapChain {
  const data = new Map<Hex, Uint8Array>();
  const nodes = {
    get: (hash: Uint8Array) => data.get(toHex(hash)),
    put: (hash: Uint8Array, bytes: Uint8Array) => void data.set(toHex(hash), bytes),
  };
  const roots: Hex[] = [];
  const outputs: OutputPreimage[] = [];
  let parentHash: Hex = `0x${"ff".repeat(32)}`;
  for (let number = BLOCKS; number >= 0; number--) {
    const block = genesisFromJson(number === BLOCKS ? last : first, nodes);
    const delayed = number === BLOCKS ? 2n : 0n;
    const extraData = encodeCursor({ batch: 0n, segment: 0, offset: 0, delayed });
    const header: BlockHeader = { ...block.header, number, parentHash, extraData };
    const { stateRoot, messagePasserStorageRoot } = block;
    const rlp = encodeHeader(header);
    const hash = blockHash(header);
    nodes.put(keccak256(rlp), rlp);
    nodes.put(
      fromHex(outputRoot(stateRoot, messagePasserStorageRoot, hash)),
      outputRootPreimage(stateRoot, messagePasserStorageRoot, hash),
    );
    parentHash = outputRoot(stateRoot, messagePasserStorageRoot, hash);
    roots.unshift(parentHash);
    outputs.unshift({ stateRoot, messagePasserStorageRoot, header: toHex(rlp) as Hex });
  }
  const preimageOf = (root: Hex) => (root === ZERO_HASH ? NONE : outputs[roots.indexOf(root)]);
  const host = {
    preimage: (_: number, key: Uint8Array) => data.get(toHex(key))!,
    inbox: () => undefined,
    hint: () => {},
  };
  return {
    host: host as never,
    preimageOf,
    roots,
    outputs,
    nodes,
    state: createStateReader(nodes, outputs[BLOCKS].stateRoot),
  };
}
