import hre from "hardhat";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ZeroAddress, ZeroHash, keccak256, toBeHex, type Contract, type Signer } from "ethers";
import { PREDEPLOYS } from "../../../deployment";
import { originHash, type Origin } from "../../../games/edges";
import { createStateReader, genesisFromJson, type StateReader } from "../../../node/state";
import { decodeCursor, encodeCursor, encodeHeader, toHex } from "../../../protocol";
import type { Hex, NodeStore } from "../../../protocol/types";
import { assertOutput, genesisOrigin, queueOf, type OutputPreimage, type RealAssertion } from "./assertions";
import { deployRealSystem, messagesOf } from "./system";
import { deployRoots } from "./sums";
import { messageArgument } from "./trapped";
import { messageSlot } from "./withdrawals";

const BOOKS_SLOT = 1;
export const ETHER_ASSET = ZeroAddress;
const CREATED = "0x00000000000000000000000000000000c0ffee00";

/** A deposit as `noteTakenBefore` takes it. */
export interface ShownDeposit {
  index: bigint | number;
  message: ReturnType<typeof messageArgument>;
  data: string;
}

export type SolvencySystem = Awaited<ReturnType<typeof deploySolvency>>;

/** The real bridge and queue with an oracle over them, and a token of which 1,000 units were deposited. Use with `loadFixture`. */
export async function deploySolvency(kind = "RebasingToken", salt = "solvency") {
  const system = await deployRealSystem(salt);
  const { tokenBridge, other } = system;
  const user = system.user as HardhatEthersSigner;
  const token = (await hre.ethers.deployContract(kind)) as unknown as Contract;
  await (await token.mint(user.address, 1_000_000)).wait();
  await (await token.connect(user).getFunction("approve")(tokenBridge.target, 2n ** 200n)).wait();
  const roots = await deployRoots(system);
  const ofOracle = [tokenBridge.target, ZeroAddress, roots.target];
  const oracle = (await hre.ethers.deployContract("SolvencyOracle", ofOracle)) as unknown as Contract;
  const queue = queueOf(system.deployment, other);
  const deposit = async (amount: number): Promise<ShownDeposit> => {
    const call = tokenBridge.connect(user).getFunction("depositToken");
    const sent = await call(token.target, user.address, user.address, amount);
    const [message] = messagesOf(system, (await sent.wait()) as never);
    return { index: message.index, message: messageArgument(message), data: message.data };
  };
  await deposit(1000);
  return { ...system, token, oracle, roots, queue, deposit };
}

/** Where states are asserted; the token's books are told where there is one. */
export type AssertedSystem = Pick<SolvencySystem, "deployment"> & { token?: Contract };

/** What L2's predeploys say in a made-up state. */
export interface Books {
  number: number;
  /** Messages that L2 has taken in; none by default. */
  consumed?: number | bigint;
  credited?: bigint;
  started?: bigint;
  /** Wei in the message passer. */
  passer?: bigint;
  /** Wei of an account that nobody has paid in. */
  created?: bigint;
  /** Hashes that `sentMessages` has. */
  withdrawals?: readonly string[];
  /** Of the token; default the system's. */
  token?: string;
}

/** An assertion over a state, with its proofs. */
export interface AssertedState extends RealAssertion {
  output: OutputPreimage;
  origin: Origin;
  state: StateReader;
  nodes: NodeStore;
}

/** Asserts a state over genesis or on top of another assertion. @param past - Another one makes a rival with the same end. */
export async function assertBooks(
  system: AssertedSystem,
  by: Signer,
  books: Books,
  { on, past }: { on?: RealAssertion; past?: Hex } = {},
): Promise<AssertedState> {
  const nodes = new Map<string, Uint8Array>();
  const store = {
    get: (hash: Uint8Array) => nodes.get(toHex(hash)),
    put: (hash: Uint8Array, data: Uint8Array) => void nodes.set(toHex(hash), data),
  };
  const json = structuredClone(system.deployment.genesis);
  const alloc = json.alloc as Record<string, { balance?: string; storage?: Record<string, string> }>;
  const { consumed = 0, credited = 0n, started = 0n, passer = 0n, created = 0n, withdrawals = [] } = books;
  const token = books.token ?? (system.token?.target as string | undefined);
  const sent = withdrawals.map((hash) => [messageSlot(hash), toBeHex(1, 32)] as const);
  alloc[PREDEPLOYS.messagePasser].balance = `${passer}`;
  alloc[PREDEPLOYS.messagePasser].storage = { ...alloc[PREDEPLOYS.messagePasser].storage, ...Object.fromEntries(sent) };
  if (created > 0n) alloc[CREATED] = { balance: `${created}` };
  const bridge = alloc[PREDEPLOYS.l2Bridge];
  if (token !== undefined)
    bridge.storage = { ...bridge.storage, [bookSlot(token)]: toBeHex((started << 128n) | credited, 32) };
  const block = genesisFromJson(json, store);
  const extraData = encodeCursor({ ...decodeCursor(block.header.extraData), delayed: BigInt(consumed) });
  const header = toHex(encodeHeader({ ...block.header, number: books.number, extraData })) as Hex;
  const { stateRoot, messagePasserStorageRoot } = block;
  const output = { stateRoot, messagePasserStorageRoot, header };
  const origin = on?.childOrigin ?? (await genesisOrigin(system.deployment, queueOf(system.deployment, by)));
  const asserted = await assertOutput(system.deployment, by, output, { past, origin });
  return { ...asserted, output, origin, state: createStateReader(store, stateRoot), nodes: store };
}

/**
 * As `prove` takes it.
 * @param noted - Count of messages at which it is noted what L1 had taken in; default: what it has by now counts.
 */
export function evidenceOf(asserted: AssertedState, asset: string, noted?: number | bigint) {
  const { output, origin, root, state } = asserted;
  const isEther = asset === ETHER_ASSET;
  const address = isEther ? PREDEPLOYS.messagePasser : PREDEPLOYS.l2Bridge;
  const { accountProof, storageProof } = state.proof(address, isEther ? [] : [BigInt(bookSlot(asset))]);
  return {
    origin: originHash(origin),
    root,
    output: {
      version: ZeroHash,
      stateRoot: output.stateRoot,
      messagePasserStorageRoot: output.messagePasserStorageRoot,
      latestBlockhash: keccak256(output.header),
    },
    account: accountProof,
    book: isEther ? [] : storageProof[0].proof,
    header: noted === undefined ? "0x" : output.header,
    noted: noted ?? 0,
  };
}

function bookSlot(token: string): string {
  return messageSlot(token, BOOKS_SLOT);
}
