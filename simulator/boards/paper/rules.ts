/** One switch for each rule of the game that docs/spec/06-game.md#mutants calls necessary. */
export interface Rules {
  /** The mutual id contains the prefix. */
  prefixBound: boolean;
  /** A root edge below level 0 names the leaf that it claims. */
  claimBound: boolean;
  /** What a leaf earns from several claims. */
  claimTime: "max" | "sum";
  /** What an edge earns from its halves. */
  childTime: "min" | "max";
  /** Whether those who come after the second edge at a place earn time of their own. */
  lateRivalsEarn: boolean;
  openNeedsRival: boolean;
  bisectNeedsRival: boolean;
  /** A new tree's last leaf yields the leaf that it claims. */
  lastLeafProof: boolean;
  /** Bisections, openings and proofs go on below an assertion whose place is decided. */
  playsAfterDecision: boolean;
}

/** The game as it is. */
export const CORRECT: Rules = {
  prefixBound: true,
  claimBound: true,
  claimTime: "max",
  childTime: "min",
  lateRivalsEarn: false,
  openNeedsRival: true,
  bisectNeedsRival: true,
  lastLeafProof: true,
  playsAfterDecision: true,
};

/** The game with one rule off, by the name of the mistake. */
export const MUTANTS: Readonly<Record<string, Rules>> = {
  "no prefix in mutualId": { ...CORRECT, prefixBound: false },
  "claim not bound": { ...CORRECT, claimBound: false },
  "sum instead of max over claims": { ...CORRECT, claimTime: "sum" },
  "max instead of min over children": { ...CORRECT, childTime: "max" },
  "own time for late rivals": { ...CORRECT, lateRivalsEarn: true },
  "open of an unrivalled leaf": { ...CORRECT, openNeedsRival: false },
  "bisect of an unrivalled edge": { ...CORRECT, bisectNeedsRival: false },
  "no last-leaf proof": { ...CORRECT, lastLeafProof: false },
  "moves frozen once an assertion is confirmed": { ...CORRECT, playsAfterDecision: false },
};
