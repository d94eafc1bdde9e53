import { AbiCoder, type Result } from "ethers";
import { isErrorCode } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { L1Rpc } from "../l1/rpc";
import { ROTATION_ABI } from "./abi";
import { leaderOf, slotAt, termOf, type RotationNumbers, type Schedule } from "./schedule";

/** What `schedule` returns; accounts as words, for to read them as addresses costs a checksum for each of 64 seats. */
const SCHEDULE = ["uint256", "uint64[3]", "bytes32[]", "bytes32[]"];

/**
 * Who leads which slot, computed from a schedule that is read once a slot and stands for two terms. Accounts are in lower case. What asks
 * L1 throws SolventError `l1-*`.
 */
export class RotationReader {
  private numbers: RotationNumbers | null = null;
  private schedule: Schedule | null = null;
  /** Slot in which the schedule was read. */
  private readIn = -1;

  constructor(
    private readonly rpc: L1Rpc,
    private readonly inbox: Hex,
  ) {}

  /** @param time - L1's, in seconds. @returns the slot, when it ends (in seconds), and who leads it; null for nobody. */
  async slotAt(time: number): Promise<{ slot: number; ends: number; leader: Hex | null }> {
    const numbers = await this.readNumbers();
    const slot = slotAt(numbers, time);
    const leader = leaderOf(numbers, await this.readSchedule(numbers, time), slot);
    return { slot, ends: (slot + 1) * numbers.slotSeconds, leader };
  }

  /** Length of a slot in seconds. */
  async slotSeconds(): Promise<number> {
    return (await this.readNumbers()).slotSeconds;
  }

  /** So long a silence leaves the slots to those who lead them, in seconds. */
  async graceSeconds(): Promise<number> {
    const { slotSeconds, graceSlots } = await this.readNumbers();
    return slotSeconds * graceSlots;
  }

  /** Whether beacon roots draw the order of turns. */
  async isDrawn(): Promise<boolean> {
    return (await this.readNumbers()).isDrawn;
  }

  /** Whether an account may sign for a slot: it leads it; where the slot's term is gone, whether it has a seat at all. */
  async maySign(account: Hex, slot: number, now: number): Promise<boolean> {
    const numbers = await this.readNumbers();
    const schedule = await this.readSchedule(numbers, now);
    if (termOf(numbers, slot) < schedule.term) return schedule.accounts.includes(account);
    return leaderOf(numbers, schedule, slot) === account;
  }

  /** Who has a seat, as far as the schedule of this slot tells. @param now - L1's time, in seconds. */
  async members(now: number): Promise<Hex[]> {
    const { accounts } = await this.readSchedule(await this.readNumbers(), now);
    return accounts.filter((account) => BigInt(account) !== 0n);
  }

  /** Whether it has a seat, with a stake behind it, at this moment. */
  async hasSeat(account: Hex): Promise<boolean> {
    const { accounts } = await this.askSchedule();
    return accounts.includes(account);
  }

  /** Whether L1 takes a batch of an account now, whoever leads. */
  async mayCommit(account: Hex): Promise<boolean> {
    const [mayCommit] = await this.call("mayCommit", [account]);
    return mayCommit as boolean;
  }

  private async readNumbers(): Promise<RotationNumbers> {
    if (this.numbers !== null) return this.numbers;
    const [{ slotSeconds, termSlots, graceSlots, isDrawn }] = await this.call("rotationParameters");
    const [seconds, term, grace] = [slotSeconds, termSlots, graceSlots].map(Number);
    return (this.numbers = { slotSeconds: seconds, termSlots: term, graceSlots: grace, isDrawn: isDrawn as boolean });
  }

  /** As L1 has it, once a slot; an older one where L1 cannot be asked and it still says who leads. */
  private async readSchedule(numbers: RotationNumbers, time: number): Promise<Schedule> {
    const slot = slotAt(numbers, time);
    const ahead = this.schedule === null ? Infinity : termOf(numbers, slot) - this.schedule.term;
    if (this.schedule !== null && ahead >= 0 && slot === this.readIn) return this.schedule;
    try {
      this.schedule = await this.askSchedule();
      this.readIn = slot;
    } catch (error) {
      const isAway = isErrorCode(error, "l1-unavailable") || isErrorCode(error, "l1-rpc");
      if (!isAway || this.schedule === null || ahead < 0 || ahead > 1) throw error;
    }
    return this.schedule;
  }

  private async askSchedule(): Promise<Schedule> {
    const [term, rosters, accounts, draws] = AbiCoder.defaultAbiCoder().decode(SCHEDULE, await this.ask("schedule"));
    return {
      term: Number(term),
      rosters: [...(rosters as bigint[])] as [bigint, bigint, bigint],
      accounts: (accounts as string[]).map((word): Hex => `0x${word.slice(26)}`),
      draws: [...(draws as Hex[])],
    };
  }

  private async call(name: string, args: readonly unknown[] = []): Promise<Result> {
    return ROTATION_ABI.decodeFunctionResult(name, await this.ask(name, args));
  }

  private ask(name: string, args: readonly unknown[] = []): Promise<Hex> {
    const data = ROTATION_ABI.encodeFunctionData(name, args);
    return this.rpc.send<Hex>("eth_call", [{ to: this.inbox, data }, "latest"]);
  }
}
