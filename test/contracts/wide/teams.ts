import type { Broken } from "./model";
import type { Ground, Lie } from "./sides";
import { inboxOf } from "./table";

/** Four leaves a level. */
export const SMALL: Ground = { heights: [1, 1, 1], rules: { runSteps: 11 }, inbox: inboxOf(9) };
/** Answers that a lie can wait for there: one for each digit, and three stakes. */
export const BOUND = 6;
/** Sixteen leaves a level: there quarters have quarters. */
export const TALL: Ground = { heights: [2, 2, 2], rules: { runSteps: 11 }, inbox: inboxOf(9) };
export const TALL_BOUND = 9;

interface Team {
  lies: readonly Lie[];
  /** Whether it is played through in a second. */
  isSmall: boolean;
  /** Of the longer search. */
  ticks: number;
}

const lieAt = (run: number, machine: number, step: number, salt = 1): Lie => ({ run, machine, step, salt });

export const teams: Record<string, Team> = {
  "one liar": { lies: [lieAt(1, 1, 1)], isSmall: true, ticks: 12 },
  "two that part at the last step": { lies: [lieAt(1, 1, 2), lieAt(1, 1, 1)], isSmall: true, ticks: 9 },
  "two that part in one run": { lies: [lieAt(1, 2, 1), lieAt(1, 1, 1)], isSmall: false, ticks: 8 },
  "one, and a fellow that differs earlier": { lies: [lieAt(2, 1, 1), lieAt(1, 1, 1, 2)], isSmall: false, ticks: 6 },
  "two with different lies at one place": { lies: [lieAt(1, 1, 1), lieAt(1, 1, 1, 2)], isSmall: false, ticks: 5 },
};

/** Each with a team that wins by it. */
export const mutants: Record<string, { broken: Broken; team: keyof typeof teams }> = {
  "the best of four quarters in place of the least": { broken: { isMaxOfQuarters: true }, team: "one liar" },
  "a split or a claim without a mark": { broken: { isUnrivalledSplit: true }, team: "one liar" },
  "marks that only a first split can make": { broken: { isMarkedBySplitAlone: true }, team: "one liar" },
  "own time for late rivals": { broken: { isLatePaid: true }, team: "two that part in one run" },
  "a later mark that moves the time on": { broken: { isMarkMoved: true }, team: "two that part in one run" },
};
