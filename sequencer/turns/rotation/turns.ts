import type { Result } from "ethers";
import type { L1Rpc } from "../../../node/l1/rpc";
import { isErrorCode } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";
import type { Turns } from "../turns";
import { ROTATION_ABI } from "./abi";
import { leaderOf, slotAt, termOf, type RotationNumbers, type Schedule } from "./schedule";

/** Of a slot, the part at its end that is left to the last batch to land in. */
const LANDING = 6;

/**
 * Members in turns by time. Twin of contracts/inbox/sequencing/rotation/Rotation.sol. Whose slot it is follows from a schedule that is read once a
 * slot and stands for two terms; L1 is asked at its tip only whether a silence has opened somebody else's slot.
 */
export class RotationTurns implements Turns {
  private numbers: RotationNumbers | null = null;
  private schedule: Schedule | null = null;
  /** Slot in which the schedule was read. */
  private readIn = -1;

  constructor(
    private readonly rpc: L1Rpc,
    private readonly inbox: Hex,
    private readonly self: Hex,
  ) {}

  async obstacle(now: number): Promise<string | null> {
    const leader = await this.leaderAt(now);
    if (leader === this.self.toLowerCase() || (await this.isOpen())) return null;
    const { slotSeconds } = await this.readNumbers();
    const end = (Math.floor(now / slotSeconds) + 1) * slotSeconds;
    return `it is the turn of ${leader ?? "any member"} until ${new Date(end * 1_000).toISOString()}: batches wait`;
  }

  async mayBuild(now: number): Promise<boolean> {
    const self = this.self.toLowerCase();
    const { slotSeconds } = await this.readNumbers();
    if ((await this.leaderAt(now)) === self)
      return (await this.leaderAt(now + Math.ceil(slotSeconds / LANDING))) === self;
    return this.isOpen();
  }

  private async leaderAt(time: number): Promise<Hex | null> {
    const numbers = await this.readNumbers();
    return leaderOf(numbers, await this.readSchedule(numbers, time), slotAt(numbers, time));
  }

  /** Whether the grace is over, or the slot nobody's: L1 says. */
  private async isOpen(): Promise<boolean> {
    const [isOpen] = await this.call("mayCommit", [this.self]);
    return isOpen as boolean;
  }

  private async readNumbers(): Promise<RotationNumbers> {
    if (this.numbers !== null) return this.numbers;
    const [{ slotSeconds, termSlots }] = await this.call("rotationParameters");
    return (this.numbers = { slotSeconds: Number(slotSeconds), termSlots: Number(termSlots) });
  }

  /** As L1 has it, once a slot; an older one where L1 cannot be asked and it still says who leads. */
  private async readSchedule(numbers: RotationNumbers, time: number): Promise<Schedule> {
    const slot = slotAt(numbers, time);
    const ahead = this.schedule === null ? Infinity : termOf(numbers, slot) - this.schedule.term;
    if (this.schedule !== null && ahead >= 0 && slot <= this.readIn) return this.schedule;
    try {
      const [term, rosters, accounts] = await this.call("schedule");
      this.schedule = {
        term: Number(term),
        rosters: [...(rosters as bigint[])] as [bigint, bigint, bigint],
        accounts: (accounts as string[]).map((account) => account.toLowerCase() as Hex),
      };
      this.readIn = slot;
    } catch (error) {
      const isAway = isErrorCode(error, "l1-unavailable") || isErrorCode(error, "l1-rpc");
      if (!isAway || this.schedule === null || ahead < 0 || ahead > 1) throw error;
    }
    return this.schedule;
  }

  private async call(name: string, args: readonly unknown[] = []): Promise<Result> {
    const data = ROTATION_ABI.encodeFunctionData(name, args);
    const answer = await this.rpc.send<Hex>("eth_call", [{ to: this.inbox, data }, "latest"]);
    return ROTATION_ABI.decodeFunctionResult(name, answer);
  }
}
