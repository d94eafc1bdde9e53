import { createBlock } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createMPT } from "@ethereumjs/mpt";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTxFromRLP } from "@ethereumjs/tx";
import { bytesToHex, createAddressFromString, MapDB, type KZG } from "@ethereumjs/util";
import { createVM, runBlock } from "@ethereumjs/vm";
import { getAddress, getBytes, keccak256 as hashHex, Wallet } from "ethers";
import { openEngine, type BlockEnvironment } from "../../../node/engine";
import { ZERO_HASH, fromHex } from "../../../protocol";
import { genesisFromJson } from "../../../node/state";
import { median } from "./median";
import { MemoryNodes } from "./memoryNodes";
import { profile, type Shares } from "./profile";

const ACCOUNTS = 100_000;
const TRANSFERS = 1_000;
const REPETITIONS = 5;
const CHAIN_ID = 1n;
const BASE_FEE = 7n;
const GAS_LIMIT = 30_000_000n;
const COINBASE = `0x${"c0".repeat(20)}` as const;

export interface TransfersResult {
  /** Milliseconds of processor time for one block: Solvent with senders known, with senders to recover, and @ethereumjs/vm with senders known. */
  solvent: number;
  withRecovery: number;
  ethereumjs: number;
  shares: Shares;
}

/** Executes one block of signed transfers between accounts of a large state; both sides have to reach the same state root. */
export async function benchTransfers(): Promise<TransfersResult> {
  const nodes = new MemoryNodes();
  const signers = Array.from(
    { length: TRANSFERS },
    (_, i) => new Wallet(hashHex(new Uint8Array([i >> 8, i & 255, 7]))),
  );
  const genesis = genesisFromJson({ alloc: allocation(signers), gasLimit: GAS_LIMIT.toString() }, nodes);
  const transactions = await Promise.all(signers.map(signTransfer));
  const environment: BlockEnvironment = {
    parentHash: genesis.blockHash,
    parentStateRoot: genesis.stateRoot,
    number: 1n,
    timestamp: 1n,
    gasLimit: GAS_LIMIT,
    baseFee: BASE_FEE,
    coinbase: COINBASE,
    prevRandao: ZERO_HASH,
    extraData: new Uint8Array(0),
    parentBeaconBlockRoot: ZERO_HASH,
    chainId: CHAIN_ID,
  };
  const run = (answers: MemoryNodes) => {
    const engine = openEngine({ nodes, precompileAnswers: answers });
    return () => engine.executeBlock(environment, transactions);
  };
  const known = new MemoryNodes();
  const result = run(known)();
  if (result.receipts.length !== TRANSFERS) throw new Error(`${result.receipts.length} transfers of ${TRANSFERS}`);
  const solvent = timeOf(run(known));
  const withRecovery = timeOf(() => run(new MemoryNodes())());
  const repeated = run(known);
  const shares = await profile(() => {
    for (let i = 0; i < REPETITIONS; i++) repeated();
  });
  const ethereumjs = await timeEthereumjs(nodes, genesis.stateRoot, transactions, result.stateRoot);
  return { solvent, withRecovery, ethereumjs, shares };
}

/** Processor time of this process: what else runs on the machine does not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function timeOf(work: () => unknown): number {
  work();
  const times: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    const started = processorMs();
    work();
    times.push(processorMs() - started);
  }
  return median(times);
}

async function timeEthereumjs(
  nodes: MemoryNodes,
  stateRoot: string,
  raws: Uint8Array[],
  expectedRoot: string,
): Promise<number> {
  const common = new Common({ chain: Mainnet, hardfork: Hardfork.Prague, customCrypto: { kzg: {} as KZG } });
  const db = new MapDB<string, string>();
  for (const [key, value] of nodes.map)
    db._database.set(Buffer.from(key, "latin1").toString("hex"), Buffer.from(value).toString("hex"));
  const root = fromHex(stateRoot as `0x${string}`);
  const transactions = raws.map((raw) => createTxFromRLP(raw, { common }));
  transactions.forEach((transaction) => transaction.getSenderAddress());
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const trie = await createMPT({ useKeyHashing: true, common, db: db.shallowCopy() as typeof db, root });
    const vm = await createVM({ common, stateManager: new MerkleStateManager({ common, trie }) });
    const header = {
      number: 1,
      timestamp: 1,
      gasLimit: GAS_LIMIT,
      baseFeePerGas: BASE_FEE,
      coinbase: createAddressFromString(COINBASE),
    };
    const block = createBlock(
      { header, transactions, withdrawals: [] },
      { common, skipConsensusFormatValidation: true },
    );
    const started = processorMs();
    const result = await runBlock(vm, { block, root, generate: true, skipBlockValidation: true });
    // The first run compiles.
    if (i > 0) times.push(processorMs() - started);
    if (bytesToHex(result.stateRoot) !== expectedRoot) throw new Error("state roots differ");
  }
  return median(times);
}

function allocation(signers: readonly Wallet[]): Record<string, { balance: string }> {
  const alloc: Record<string, { balance: string }> = {};
  for (const { address } of signers) alloc[address] = { balance: (10n ** 18n).toString() };
  for (let i = signers.length; i < ACCOUNTS; i++) alloc[addressOf(i)] = { balance: String(i + 1) };
  return alloc;
}

function signTransfer(wallet: Wallet, index: number): Promise<Uint8Array> {
  const to = getAddress(addressOf(TRANSFERS + ((index * 7919) % (ACCOUNTS - TRANSFERS))));
  const fees = { maxFeePerGas: 1000n, maxPriorityFeePerGas: 2n };
  return wallet
    .signTransaction({ type: 2, chainId: CHAIN_ID, nonce: 0, gasLimit: 21_000n, to, value: 1n, ...fees })
    .then((raw) => getBytes(raw));
}

function addressOf(index: number): string {
  return `0x${hashHex(new Uint8Array([index >> 16, (index >> 8) & 255, index & 255, 1])).slice(26)}`;
}
