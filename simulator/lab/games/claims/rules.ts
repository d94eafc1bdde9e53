/** One switch for each rule of the game of claims that something depends on. */
export interface ClaimsRules {
  /** A claim takes over the clock of its grandparent. */
  inheritsClock: boolean;
  /** A move late on the clock leaves the extension. */
  extends: boolean;
  /** A claim is resolved after all its answers. */
  resolvesBottomUp: boolean;
  /** The bond goes to the leftmost uncountered answer. */
  paysLeftmost: boolean;
  /** The end of a run must contradict the disputed output, or bear it out, as its move does. */
  checksStatus: boolean;
  /** A step ends with the clock, as moves do. */
  stepsInTime: boolean;
}

export const CORRECT: ClaimsRules = {
  inheritsClock: true,
  extends: true,
  resolvesBottomUp: true,
  paysLeftmost: true,
  checksStatus: true,
  stepsInTime: true,
};

export const MUTANTS: Readonly<Record<string, ClaimsRules>> = {
  "no clock taken over": { ...CORRECT, inheritsClock: false },
  "no extension": { ...CORRECT, extends: false },
  "resolved before its answers": { ...CORRECT, resolvesBottomUp: false },
  "paid to the rightmost": { ...CORRECT, paysLeftmost: false },
  "any status of a run's end": { ...CORRECT, checksStatus: false },
  "steps after the clock": { ...CORRECT, stepsInTime: false },
};
