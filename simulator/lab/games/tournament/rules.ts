/** One switch for each rule of the tournament that something depends on. */
export interface TournamentRules {
  /** Off: what an answer does not use of its budget is added to the clock. */
  banksBudget: boolean;
  /** A win costs a budget less than it took. Since 2026-09. */
  forgivesWins: boolean;
  /** A side that waits pays for the time by which it claims its win late. */
  chargesOverdue: boolean;
  /** The winner of an inner tournament gets back the time to build a commitment. Since 2026-09. */
  refillsInner: boolean;
  /** ... but never more than the pair had when it was sealed. */
  capsRefill: boolean;
  /** Who joins late has that much less. */
  chargesLateness: boolean;
  /** A root joins once. */
  joinsOnce: boolean;
  /** A leaf is won only while neither clock is over. */
  provesInTime: boolean;
}

export const CORRECT: TournamentRules = {
  banksBudget: false,
  forgivesWins: true,
  chargesOverdue: true,
  refillsInner: true,
  capsRefill: true,
  chargesLateness: true,
  joinsOnce: true,
  provesInTime: true,
};

/** The clocks before 2026-09: each inner tournament costs the truth one commitment built, so that Sybils drain it. */
export const BEFORE_2026_09: TournamentRules = { ...CORRECT, forgivesWins: false, refillsInner: false };

export const MUTANTS: Readonly<Record<string, TournamentRules>> = {
  "clocks before 2026-09": BEFORE_2026_09,
  "budget can be banked": { ...CORRECT, banksBudget: true },
  "overdue time is free": { ...CORRECT, chargesOverdue: false },
  "no refill after an inner tournament": { ...CORRECT, refillsInner: false },
  "refill without a cap": { ...CORRECT, capsRefill: false },
  "lateness is free": { ...CORRECT, chargesLateness: false },
  "a root joins again": { ...CORRECT, joinsOnce: false },
  "a leaf is won after the clocks": { ...CORRECT, provesInTime: false },
};
