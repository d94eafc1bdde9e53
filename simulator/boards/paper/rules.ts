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
  /** Only who staked an assertion can let its stake move to a child. */
  onlyStakerMoves: boolean;
  /** A stake moves from an assertion once. */
  movesOnce: boolean;
  /** A stake moves from an assertion only before it is confirmed or slashed. */
  movesWhileOpen: boolean;
  /** Of two stakes one is freed only where one assertion stands on the other. */
  movesDownOnly: boolean;
  /** A stake that has moved is not returned when the assertion that it moved from is confirmed. */
  movedStakeStays: boolean;
  /** What a loser leaves pays for moves; else it is the winning staker's. */
  paysMovers: boolean;
  /** Each move is paid for once. */
  paysOnce: boolean;
  /** Only moves below the winner are paid for. */
  paysBelowWinnerOnly: boolean;
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
  onlyStakerMoves: true,
  movesOnce: true,
  movesWhileOpen: true,
  movesDownOnly: true,
  movedStakeStays: true,
  paysMovers: true,
  paysOnce: true,
  paysBelowWinnerOnly: true,
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

/** The same for the rules of stakes and rewards, which decide who has what, not who wins. */
export const STAKE_MUTANTS: Readonly<Record<string, Rules>> = {
  "anyone moves a stake": { ...CORRECT, onlyStakerMoves: false },
  "a stake moves twice": { ...CORRECT, movesOnce: false },
  "a stake moves from a decided assertion": { ...CORRECT, movesWhileOpen: false },
  "a stake is freed by one on another chain": { ...CORRECT, movesDownOnly: false },
  "a moved stake is returned, too": { ...CORRECT, movedStakeStays: false },
  "the staker takes the whole reward": { ...CORRECT, paysMovers: false },
  "a move is paid for twice": { ...CORRECT, paysOnce: false },
  "moves elsewhere are paid for": { ...CORRECT, paysBelowWinnerOnly: false },
};
