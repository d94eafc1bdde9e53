import {
  Contract,
  type JsonRpcProvider,
  NonceManager,
  Wallet,
  ZeroAddress,
  type ContractTransactionResponse,
  type TransactionRequest,
} from "ethers";
import { QuietProvider } from "../../actor/provider";
import { devAccount, ROLES } from "../accounts";
import type { Devnet } from "../devnet";
import { readArtifact } from "../../deployment";
import type { News } from "./types";

const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };
/**
 * Accounts of the people of a fault: the last of the user's, so that who plays with the devnet is not disturbed. Who forces something in
 * is another than who trusts the sequencer: a forced transaction uses up a nonce of its sender.
 */
const USER = 8;
const TRUSTING_USER = 6;

/** What faults need: a user on both layers, the Inbox, and a clock. */
export class Scene {
  readonly l1: JsonRpcProvider;
  readonly user = devAccount(USER);
  /** Nobody else's, so that its balance tells. */
  readonly receiver: string;
  private readonly started = Date.now();
  private readonly signers = new Map<number, NonceManager>();
  private opened: JsonRpcProvider | null = null;

  constructor(readonly devnet: Devnet) {
    this.receiver = devnet.strangersAddress();
    this.l1 = new QuietProvider(devnet.info.l1.url, undefined, OPTIONS);
  }

  /** @throws Error where the devnet has none. */
  get verifier(): JsonRpcProvider {
    const { verifier } = this.devnet.info.l2;
    if (verifier === null) throw new Error("this fault needs a verifier");
    return (this.opened ??= new QuietProvider(verifier, undefined, OPTIONS));
  }

  close(): void {
    this.l1.destroy();
    this.opened?.destroy();
  }

  /** The Inbox, called by the user or by another account of the mnemonic. */
  inbox(index = USER): Contract {
    return new Contract(
      this.devnet.info.deployment.addresses.inbox,
      readArtifact("inbox/Inbox").abi,
      this.signer(index),
    );
  }

  /** The attacker of a fault. */
  get stranger(): number {
    return ROLES.stranger;
  }

  /** Sends a transfer to the sequencer and waits for the soft confirmation. @returns its hash. */
  async transfer(value: bigint): Promise<string> {
    return this.confirmed(await this.send({ to: this.receiver, value }));
  }

  /** Sends a transaction to the sequencer. @returns its hash. */
  async send(request: TransactionRequest): Promise<string> {
    const sequencer = new QuietProvider(this.devnet.info.l2.sequencer!, undefined, OPTIONS);
    try {
      return (await new Wallet(devAccount(TRUSTING_USER).privateKey, sequencer).sendTransaction(request)).hash;
    } finally {
      sequencer.destroy();
    }
  }

  /** Waits for the soft confirmation. @returns the hash. */
  async confirmed(hash: string): Promise<string> {
    const sequencer = new QuietProvider(this.devnet.info.l2.sequencer!, undefined, OPTIONS);
    try {
      await sequencer.waitForTransaction(hash);
      return hash;
    } finally {
      sequencer.destroy();
    }
  }

  /** Sends a transfer through L1. */
  sendTransfer(value: bigint): Promise<ContractTransactionResponse> {
    return this.sendMessage({ to: this.receiver, value, gasLimit: 50_000n, data: "0x" });
  }

  /** Sends a transaction through L1. */
  sendMessage({ to, value, gasLimit, data }: News): Promise<ContractTransactionResponse> {
    const target = [to ?? ZeroAddress, value, gasLimit, to === null, data] as const;
    return this.inbox().sendMessage(...target) as Promise<ContractTransactionResponse>;
  }

  /** The same, and waits for L1. @returns gas spent there, and how many delayed messages there are then. */
  async forceTransfer(value: bigint): Promise<{ gas: bigint; messages: bigint }> {
    const receipt = (await (await this.sendTransfer(value)).wait())!;
    return { gas: receipt.gasUsed, messages: (await this.inbox().delayedCount()) as bigint };
  }

  /** Waits until message number `messages - 1` is old enough to be forced in. */
  async untilOverdue(messages: bigint, seconds = 120): Promise<void> {
    const isOverdue = async (): Promise<boolean> => ((await this.inbox().overdueCount()) as bigint) >= messages;
    await this.until("the force delay", isOverdue, seconds);
  }

  /** Forces all overdue messages in. @returns gas spent on L1. */
  async force(messages: bigint): Promise<bigint> {
    const inbox = this.inbox();
    const receipt = await (await inbox.forceInclude((await inbox.batchCount()) as bigint, messages)).wait();
    return receipt.gasUsed as bigint;
  }

  safeBalance(): Promise<bigint> {
    return this.verifier.getBalance(this.receiver, "safe");
  }

  /** Whether a transaction stands in a block that L1 has. */
  async isSafe(hash: string): Promise<boolean> {
    const receipt = await this.verifier.getTransactionReceipt(hash);
    if (receipt === null) return false;
    return receipt.blockNumber <= (await this.verifier.getBlock("safe"))!.number;
  }

  /** As `untilTrue`. */
  until(what: string, probe: () => Promise<boolean>, seconds = 60, everyMs = 100): Promise<void> {
    return untilTrue(what, probe, seconds, everyMs);
  }

  /** Seconds since the fault began. */
  seconds(): string {
    return `${((Date.now() - this.started) / 1_000).toFixed(1)} s`;
  }

  private signer(index: number): NonceManager {
    let signer = this.signers.get(index);
    if (signer === undefined) {
      signer = new NonceManager(new Wallet(devAccount(index).privateKey, this.l1));
      this.signers.set(index, signer);
    }
    return signer;
  }
}

/** @throws Error naming `what` after the time. */
export async function untilTrue(
  what: string,
  probe: () => Promise<boolean>,
  seconds: number,
  everyMs = 100,
): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  while (!(await probe().catch(() => false))) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
