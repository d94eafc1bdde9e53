import type { GameSetup } from "../games/create";
import { worstPathSeconds } from "../games/claims/clock";
import { gasOf } from "../games/gas";

/** What has been published about a game, for so many lies and so much censorship, to be held against what is measured. */
export interface Published {
  /** Seconds to the verdict at the most; null where the authors state no bound. */
  readonly seconds: number | null;
  /** Honest gas under Osaka at the most, with our figures for each move; null where nothing is stated. */
  readonly honestGas: number | null;
  /** Ether that the honest side locks at the most. */
  readonly honestEther: number | null;
}

/** The formulas in words, as the comparison prints them. */
export const FORMULAS: Readonly<Record<GameSetup["game"], string>> = {
  edges:
    "BoLD, theorems 1 and 2: over by `T + C + (delta + 1)(kmax + 2)`, here with one answer's time for each of the `sum(h) + L` answers; eq. 50: honest gas at most `N kmax Gb + Gp + (kmax + 1) Gu`; one stake a level",
  claims:
    "OP: two clocks and the extensions (`worstPathSeconds`) and C; a bond and an answer for each lie and each second depth of its path",
  tournament:
    "PRT: `(2A + H G) ceil(log2 P)` for one level; for L levels only the order `A (log2 P / L)^L` is stated, so each level's product of the two is shown; one bond a level",
};

/**
 * @param lies - N; the truth is one more claim.
 * @param answerSeconds - Of the honest side, a commitment built included.
 */
export function publishedFor(setup: GameSetup, lies: number, censorship: number, answerSeconds: number): Published {
  const { heights } = setup.parameters;
  const depth = heights.reduce((sum, height) => sum + height, 0);
  const gas = (kind: string): number => gasOf(setup.game, kind).osaka;
  switch (setup.game) {
    case "edges": {
      const { challengePeriodSeconds, stakes } = setup.parameters;
      const answers = depth + heights.length;
      return {
        seconds: challengePeriodSeconds + censorship + (answers + 1) * answerSeconds,
        honestGas: lies * depth * gas("bisect") + gas("prove") + (depth + 1) * gas("update"),
        honestEther: stakes.reduce((sum, stake) => sum + stake, 0),
      };
    }
    case "claims": {
      const { bondEther, bondGrowth } = setup.parameters;
      const bottom = depth + 1;
      // The honest side proposes: it has the root and every second claim below.
      let ether = bondEther;
      for (let at = 2; at <= bottom; at += 2) ether += lies * bondEther * bondGrowth ** at;
      const moves = Math.floor(bottom / 2) * gas("attack") + gas("step");
      const resolutions = bottom * gas("resolveClaim");
      return {
        seconds: worstPathSeconds(setup.parameters, heights[0], bottom) + censorship + bottom * answerSeconds,
        honestGas: gas("create") + lies * (moves + resolutions) + gas("resolve") + gas("claimCredit"),
        honestEther: ether,
      };
    }
    case "tournament": {
      const { allowanceSeconds, responseSeconds, bonds } = setup.parameters;
      const rounds = Math.ceil(Math.log2(lies + 1));
      const perLevel = heights.map((height) => (2 * allowanceSeconds + height * responseSeconds) * rounds);
      return {
        seconds: perLevel.reduce((sum, seconds) => sum + seconds, 0),
        honestGas: null,
        honestEther: bonds.reduce((sum, bond) => sum + bond, 0),
      };
    }
  }
}
