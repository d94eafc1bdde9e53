import hre from "hardhat";
import { mine, time } from "@nomicfoundation/hardhat-network-helpers";
import {
  HDNodeWallet,
  SigningKey,
  ZeroAddress,
  ZeroHash,
  toQuantity,
  type Contract,
  type TransactionReceipt,
} from "ethers";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import type { RotationNumbers } from "./model";

export const STAKE = 10n ** 18n;
export const FORCE_DELAY = 3_600;
const BLOCK_GAS_LIMIT = 30_000_000;
const MOST_GAS = toQuantity(2_000_000);
/** The accounts of Hardhat's network, whose keys sign soft confirmations. */
const MNEMONIC = "test test test test test test test test test test test junk";

const ACCOUNTS = 12;

/** As the contract's `SoftConfirmation`. */
export interface Confirmation {
  slot: number;
  height: number;
  expiry: number;
  parentHash: string;
  blockHash: string;
}

/** A rotating inbox on Hardhat's network, and calls to it that say how they were refused. */
export class RotationTable {
  private last = ZeroHash;

  private constructor(
    readonly inbox: Contract,
    readonly numbers: RotationNumbers,
    readonly wallets: readonly HDNodeWallet[],
    readonly startTime: number,
  ) {}

  /**
   * @param founders - how many of the accounts are members from the start.
   * @param source - the contract. @param more - of its arguments, behind those that all have.
   */
  static async lay(
    numbers: RotationNumbers,
    founders: number,
    forceDelay = FORCE_DELAY,
    source = "RotatingInbox",
    more: readonly unknown[] = [],
  ): Promise<RotationTable> {
    await compileOnce();
    const wallets = Array.from({ length: ACCOUNTS }, (_, i) =>
      HDNodeWallet.fromPhrase(MNEMONIC, undefined, `m/44'/60'/0'/0/${i}`),
    );
    const accounts = wallets.slice(0, founders).map(({ address }) => address);
    const order = [wallets[ACCOUNTS - 1].address, BLOCK_GAS_LIMIT, forceDelay];
    const args = [{ stake: STAKE, ...numbers }, accounts, ...order, ...more];
    const inbox = await hre.ethers.deployContract(source, args, { value: STAKE * BigInt(founders) });
    return new RotationTable(inbox as unknown as Contract, numbers, wallets, await time.latest());
  }

  address(by: number): string {
    return this.wallets[by].address;
  }

  /** Puts one call into a block of its own at that time. @returns the error's name where it is refused, else null. */
  async play(by: number, at: number, name: string, args: readonly unknown[] = [], value = 0n): Promise<string | null> {
    const data = this.inbox.interface.encodeFunctionData(name, args);
    const call = { from: this.address(by), to: this.inbox.target, data, gas: MOST_GAS, value: toQuantity(value) };
    await time.setNextBlockTimestamp(at);
    try {
      this.last = (await hre.network.provider.send("eth_sendTransaction", [call])) as string;
      return null;
    } catch (error) {
      if ((await time.latest()) < at) {
        await time.setNextBlockTimestamp(at);
        await mine();
      }
      return this.errorName(error);
    }
  }

  /** Of the last call that was taken. */
  async receipt(): Promise<TransactionReceipt> {
    return (await hre.ethers.provider.getTransactionReceipt(this.last))!;
  }

  /** Appends a batch that consumes so many messages; by default as many as are overdue then. */
  async post(by: number, at: number, delayed?: number): Promise<string | null> {
    const { inbox } = this;
    const [count, consumed] = [await inbox.batchCount(), await inbox.consumedCount()];
    const previous = count === 0n ? ZeroHash : await inbox.batchRecord(count - 1n);
    const upTo = delayed ?? Math.max(Number(consumed), await this.overdueAt(at));
    const message = upTo === 0 ? ZeroHash : await inbox.messageHash(upTo - 1);
    return this.play(by, at, "postBatch", [count, previous, upTo, message, "0x01"]);
  }

  send(by: number, at: number): Promise<string | null> {
    return this.play(by, at, "sendMessage", [ZeroAddress, 0, 21_000, false, "0x"]);
  }

  /** Messages that are consumed or overdue at a time to come. */
  async overdueAt(at: number): Promise<number> {
    const { inbox } = this;
    const forceDelay = Number(await inbox.forceDelay());
    let overdue = Number(await inbox.consumedCount());
    for (const total = Number(await inbox.delayedCount()); overdue < total; overdue++)
      if (Number(await inbox.messageTime(overdue)) + forceDelay > at) break;
    return overdue;
  }

  async sign(by: number, confirmation: Confirmation): Promise<string> {
    const digest = await this.inbox.confirmationHash(confirmation);
    return new SigningKey(this.wallets[by].privateKey).sign(digest).serialized;
  }

  private errorName(error: unknown): string {
    for (let at: unknown = error; at !== null && typeof at === "object";) {
      const { data, error: inner, info, cause } = at as Record<string, unknown>;
      if (typeof data === "string" && data.startsWith("0x")) return this.inbox.interface.parseError(data)?.name ?? data;
      at = (data as object) ?? inner ?? info ?? cause ?? null;
    }
    throw error;
  }
}
