import { AbiCoder, keccak256 } from "ethers";

/** The numbers of a rotation, as the contract takes them; seconds and slots. */
export interface RotationNumbers {
  slotSeconds: number;
  termSlots: number;
  graceSlots: number;
  openSlots: number;
  leaveDelay: number;
  isDrawn: boolean;
}

/** Who holds a seat, from which term on, and up to which; nobody once its stake is lost. */
interface Tenure {
  account: string | null;
  seat: number;
  from: number;
  until: number;
  /** L1 seconds; 0 while it stays. */
  payableAt: number;
}

const SEATS = 64;
/** Seconds from a term's start on in which a beacon root draws the next one. */
const SEARCH_SECONDS = 64;

/**
 * A rotation as a list of who sat where and when: slow and obvious. Every rule of docs/spec/18-rotation.md once more, with none of the
 * contract's bits. Each action returns null, or the error's name with which it is refused; times are those of its L1 block.
 */
export class RotationModel {
  private readonly tenures: Tenure[];
  /** Beacon roots by the term whose order they draw. */
  private readonly draws = new Map<number, string>();
  /** Of the last batch that was somebody's turn. */
  lastPost: number;
  burnt = 0;

  constructor(
    readonly numbers: RotationNumbers,
    founders: readonly string[],
    startTime: number,
  ) {
    const forever = { from: 0, until: Infinity, payableAt: 0 };
    this.tenures = founders.map((account, seat) => ({ account, seat, ...forever }));
    this.lastPost = startTime;
  }

  slotAt(time: number): number {
    return Math.floor(time / this.numbers.slotSeconds);
  }

  termAt(time: number): number {
    return this.termOf(this.slotAt(time));
  }

  termOf(slot: number): number {
    return Math.floor(slot / this.numbers.termSlots);
  }

  leaderOf(slot: number): string | null {
    const term = this.termOf(slot);
    const roster = this.rosterOf(term);
    if (roster.length === 0) return null;
    const root = this.draws.get(term);
    const order = root === undefined ? roster : shuffled(roster, root, Math.floor(slot / roster.length));
    return order[slot % roster.length].account;
  }

  /** An L1 block with a beacon root. */
  seeRoot(root: string, time: number): void {
    const term = this.termAt(time);
    const start = term * this.numbers.termSlots * this.numbers.slotSeconds;
    if (time < start + SEARCH_SECONDS && !this.draws.has(term + 1)) this.draws.set(term + 1, root);
  }

  /** Why a batch is refused for whose turn it is, or null. */
  commit(account: string, time: number): string | null {
    const { slotSeconds, graceSlots, openSlots } = this.numbers;
    const roster = this.rosterOf(this.termAt(time));
    const leader = this.leaderOf(this.slotAt(time));
    const silence = time - this.lastPost;
    if (account === leader || roster.length === 0 || silence > openSlots * slotSeconds) return null;
    const isAnyMembers = leader === null || silence > graceSlots * slotSeconds;
    return isAnyMembers && roster.some((one) => one.account === account) ? null : "NotSequencer";
  }

  join(account: string, time: number): string | null {
    if (this.member(account) !== undefined) return "AlreadyMember";
    const from = this.termAt(time) + 2;
    const isTaken = (seat: number): boolean =>
      this.tenures.some((one) => one.seat === seat && (one.account !== null || one.until > from - 2));
    const seat = Array.from({ length: SEATS }, (_, i) => i).find((one) => !isTaken(one));
    if (seat === undefined) return "NoSeat";
    this.tenures.push({ account, seat, from, until: Infinity, payableAt: 0 });
    return null;
  }

  resign(account: string, time: number): string | null {
    const member = this.member(account);
    if (member === undefined) return "NotMember";
    if (member.payableAt !== 0) return "AlreadyResigned";
    const until = this.termAt(time) + 2;
    if (this.rosterOf(until).every((one) => one === member)) return "LastMember";
    const { slotSeconds, termSlots, leaveDelay } = this.numbers;
    Object.assign(member, { until, payableAt: until * termSlots * slotSeconds + leaveDelay });
    return null;
  }

  withdraw(account: string, time: number): string | null {
    const member = this.member(account);
    if (member === undefined) return "NotMember";
    if (member.payableAt === 0 || time < member.payableAt) return "StakeLocked";
    member.account = null;
    return null;
  }

  /** Takes the stake of one who signed two blocks for one height. */
  slash(account: string, time: number): string | null {
    const member = this.member(account);
    if (member === undefined) return "NotMember";
    Object.assign(member, { account: null, until: Math.min(member.until, this.termAt(time) + 2) });
    this.burnt++;
    return null;
  }

  isMember(account: string): boolean {
    return this.member(account) !== undefined;
  }

  get memberCount(): number {
    return this.tenures.filter(({ account }) => account !== null).length;
  }

  /** Who sits in a term, by seat. */
  private rosterOf(term: number): Tenure[] {
    return this.tenures.filter(({ from, until }) => from <= term && term < until).sort((a, b) => a.seat - b.seat);
  }

  private member(account: string): Tenure | undefined {
    return this.tenures.find((one) => one.account === account);
  }
}

/** After Fisher and Yates, from the first place on. */
function shuffled<T>(items: readonly T[], root: string, round: number): T[] {
  const left = [...items];
  return items.map((_, i) => {
    const chance = BigInt(
      keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256", "uint256"], [root, round, i])),
    );
    const at = Number(chance % BigInt(left.length));
    // Who would be next takes the place of who is drawn.
    const [one] = left.splice(at, 1, left[0]);
    left.shift();
    return one;
  });
}
