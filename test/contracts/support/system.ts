import hre from "hardhat";
import {
  impersonateAccount,
  setBalance,
  setCode,
  setNextBlockBaseFeePerGas,
  setStorageAt,
} from "@nomicfoundation/hardhat-network-helpers";
import type { Contract, ContractTransactionReceipt, Log, Signer } from "ethers";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { commitProgram } from "../../../vm/commit/program";
import { flatten } from "../../../vm/flatten";
import {
  deploySystem,
  PREDEPLOYS,
  type ContractChoices,
  type Deployment,
  type DeploymentConfigInput,
} from "../../../deployment";

export const ETHER = 10n ** 18n;
const STAKES: [bigint, bigint, bigint] = [ETHER, ETHER / 2n, ETHER / 10n];
export const FORCE_DELAY = 3600n;
export const BLOCK_GAS_LIMIT = 30_000_000n;

/** A prover that judges nothing and a queue that says what it is told: for tests of everything but the game. */
export const TEST_CONTRACTS: ContractChoices = {
  prover: { source: "test/Actors:InboxHarness", args: () => [] },
  queue: { source: "test/TestQueue", args: ({ addresses }) => [addresses.inbox] },
};

export interface System {
  deployment: Deployment;
  deployer: Signer;
  sequencer: Signer;
  user: Signer;
  other: Signer;
  inbox: Contract;
  portal: Contract;
  queue: Contract;
  tokenBridge: Contract;
}

/**
 * A module whose `run` does nothing: a program small enough to commit to at once, for the real prover where no step is disputed.
 * (type () -> (); one function; one page of memory; exports `run` and `memory`.)
 */
const TRIVIAL_WASM = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 4, 1, 1, 1, 1],
  ...[7, 16, 2, 3, 0x72, 0x75, 0x6e, 0, 0, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0, 10, 4, 1, 2, 0, 0x0b],
]);

/** What the real prover is told of the trivial program. */
export const trivialProgram = () => commitProgram(flatten(TRIVIAL_WASM));

/** The real prover, over a program that needs no build. */
export const REAL_PROVER: Pick<ContractChoices, "prover"> = {
  prover: {
    source: "vm/OneStepProver",
    args: ({ addresses }) => [trivialProgram(), addresses.inbox],
  },
};

/** Of a transaction that deploys code marked for coverage: to estimate it takes minutes. */
const MARKED_GAS = process.env.SOLVENT_COVERAGE === "1" ? 2n ** 25n : undefined;

/**
 * A fresh system on Hardhat's in-process network, over a queue whose verdicts the test sets. Use with `loadFixture`.
 * @param brake - Of its bridge; none by default.
 */
export async function deployTestSystem(brake?: DeploymentConfigInput["brake"]): Promise<System> {
  await compileOnce();
  const [deployer, sequencer, user, other] = await hre.ethers.getSigners();
  const deployment = await deploySystem(
    deployer,
    {
      sequencer: await sequencer.getAddress(),
      feeRecipient: await other.getAddress(),
      forceDelay: FORCE_DELAY,
      blockGasLimit: BLOCK_GAS_LIMIT,
      accounts: { [await user.getAddress()]: 100n * ETHER, [await other.getAddress()]: 1n },
      brake,
    },
    { contracts: TEST_CONTRACTS, gasLimit: MARKED_GAS },
  );
  const { inbox, portal, queue, tokenBridge } = deployment.addresses;
  return {
    deployment,
    deployer,
    sequencer,
    user,
    other,
    inbox: await hre.ethers.getContractAt("Inbox", inbox),
    portal: await hre.ethers.getContractAt(brake?.ether === undefined ? "Portal" : "BrakedPortal", portal),
    queue: await hre.ethers.getContractAt("TestQueue", queue),
    tokenBridge: await hre.ethers.getContractAt(
      brake?.tokens === undefined ? "TokenBridge" : "BrakedTokenBridge",
      tokenBridge,
    ),
  };
}

/**
 * The real contracts throughout, with short clocks, and L2's predeploys on the same network.
 * @param salt - Of a fixture of its own: the same salt finds what another one has left.
 * @param brake - Of its bridge; none by default.
 */
export async function deployRealSystem(
  salt = "",
  brake?: DeploymentConfigInput["brake"],
): Promise<Omit<System, "queue">> {
  await compileOnce();
  const [deployer, sequencer, user, other] = await hre.ethers.getSigners();
  const config = {
    sequencer: sequencer.address,
    feeRecipient: other.address,
    forceDelay: FORCE_DELAY,
    ...{ salt, brake },
    accounts: { [user.address]: 100n * ETHER },
    game: { heights: [2, 17, 17] as [number, number, number], stakes: STAKES, challengePeriod: 100, responseTime: 1 },
  };
  const deployment = await deploySystem(deployer, config, { contracts: REAL_PROVER, gasLimit: MARKED_GAS });
  await installPredeploys(deployment);
  const { inbox, portal, tokenBridge } = deployment.addresses;
  return {
    ...{ deployment, deployer, sequencer, user, other },
    inbox: await hre.ethers.getContractAt("Inbox", inbox),
    portal: await hre.ethers.getContractAt("Portal", portal),
    tokenBridge: await hre.ethers.getContractAt("TokenBridge", tokenBridge),
  };
}

/** The same with L2's predeploys on the same network: Hardhat's EVM then plays L2, too. */
export async function deployBothLayers(brake?: DeploymentConfigInput["brake"]): Promise<System> {
  const system = await deployTestSystem(brake);
  await installPredeploys(system.deployment);
  return system;
}

async function installPredeploys(deployment: Deployment): Promise<void> {
  for (const [address, account] of Object.entries(deployment.genesis.alloc)) {
    if (account.code !== undefined) await setCode(address, account.code);
    for (const [slot, value] of Object.entries(account.storage ?? {})) await setStorageAt(address, BigInt(slot), value);
  }
}

/** A delayed message, as its event tells it. */
export interface SentMessage {
  index: bigint;
  sender: string;
  to: string;
  isCreation: boolean;
  mint: bigint;
  value: bigint;
  gasLimit: bigint;
  data: string;
  hash: string;
  l1Number: bigint;
  l1Time: bigint;
  l1BaseFee: bigint;
  l1ParentHash: string;
}

/** The messages that a transaction on L1 sent. */
export function messagesOf(system: Pick<System, "inbox">, receipt: ContractTransactionReceipt | null): SentMessage[] {
  return eventsOf(system.inbox, receipt?.logs ?? [], "MessageSent") as unknown as SentMessage[];
}

/** Arguments of a contract's events of one name, as objects. */
export function eventsOf(contract: Contract, logs: readonly Log[], name: string): Record<string, unknown>[] {
  const address = String(contract.target).toLowerCase();
  return logs
    .filter((log) => log.address.toLowerCase() === address)
    .map((log) => contract.interface.parseLog(log))
    .filter((parsed) => parsed?.name === name)
    .map((parsed) => parsed!.args.toObject());
}

/** Runs a message as L2 would: mints, then calls from the sender with exactly the message's gas. */
export async function executeMessage(message: SentMessage): Promise<ContractTransactionReceipt | null> {
  await impersonateAccount(message.sender);
  const before = await hre.ethers.provider.getBalance(message.sender);
  await setBalance(message.sender, before + message.mint);
  const signer = await hre.ethers.getSigner(message.sender);
  const { baseFeePerGas } = (await hre.ethers.provider.getBlock("latest"))!;
  await setNextBlockBaseFeePerGas(0);
  const sent = await signer.sendTransaction({
    to: message.isCreation ? null : message.to,
    value: message.value,
    data: message.data,
    gasLimit: message.gasLimit,
    gasPrice: 0,
  });
  const receipt = (await sent.wait()) as ContractTransactionReceipt | null;
  // From zero it would never rise again, for whatever runs on this chain after.
  await setNextBlockBaseFeePerGas(baseFeePerGas!);
  return receipt;
}

/** L2's own contracts, where `deployBothLayers` put them. */
export async function predeploys() {
  return {
    weth: await hre.ethers.getContractAt("WETH", PREDEPLOYS.weth),
    gasPriceOracle: await hre.ethers.getContractAt("GasPriceOracle", PREDEPLOYS.gasPriceOracle),
    l2Bridge: await hre.ethers.getContractAt("L2Bridge", PREDEPLOYS.l2Bridge),
    feeVault: await hre.ethers.getContractAt("FeeVault", PREDEPLOYS.feeVault),
    factory: await hre.ethers.getContractAt("L2TokenFactory", PREDEPLOYS.tokenFactory),
    l1BlockInfo: await hre.ethers.getContractAt("L1BlockInfo", PREDEPLOYS.l1BlockInfo),
    messagePasser: await hre.ethers.getContractAt("MessagePasser", PREDEPLOYS.messagePasser),
  };
}
