import type { GameSetup } from "../../../simulator/lab/games/create";
import type { GameName } from "../../../simulator/lab/games/game";
import { Refused } from "../../../simulator/refused";
import { leastChallengePeriod } from "../../../simulator/lab/games/edges/rules";
import { rootAllowance } from "../../../simulator/lab/games/tournament/clock";
import type { PartySetup, PlaySetup } from "../../../simulator/lab/play";

export interface Clocks {
  /** Of the honest party; the games' parameters follow from it. */
  answerSeconds: number;
  buildSeconds: number;
  censorshipSeconds: number;
}

const CLOCKS: Clocks = { answerSeconds: 60, buildSeconds: 0, censorshipSeconds: 3_600 };

/** A game of these heights whose clocks allow exactly that. */
export function gameOf(
  name: GameName,
  heights: readonly number[] = [3, 4, 5],
  clocks: Partial<Clocks> = {},
): GameSetup {
  const { answerSeconds, buildSeconds, censorshipSeconds } = { ...CLOCKS, ...clocks };
  const airGapSeconds = 0;
  switch (name) {
    case "edges": {
      const challengePeriodSeconds = leastChallengePeriod(heights, {
        answerSeconds: answerSeconds + buildSeconds,
        censorshipSeconds,
      });
      return {
        game: name,
        parameters: { heights, airGapSeconds, challengePeriodSeconds, stakes: heights.map(() => 1) },
      };
    }
    case "claims": {
      const depth = heights.reduce((sum, height) => sum + height, 2);
      const maxClockSeconds = depth * answerSeconds + buildSeconds + censorshipSeconds;
      const clock = { maxClockSeconds, extensionSeconds: 2 * answerSeconds, preimageSeconds: answerSeconds };
      const [split, ...rest] = heights;
      const own: [number, number] = [split, rest.reduce((sum, height) => sum + height, 0)];
      const bonds = { bondEther: 0.08, bondGrowth: 1.09493, proposer: "honest" as const };
      return { game: name, parameters: { heights: own, airGapSeconds, ...clock, ...bonds } };
    }
    case "tournament": {
      // Every lateness is a strict bound: a clock is over when what it used equals what it had.
      const responseSeconds = answerSeconds + 1;
      const allowanceSeconds = rootAllowance(censorshipSeconds, heights.length, buildSeconds, responseSeconds);
      const money = { bonds: heights.map(() => 0.4), refundEtherPerGas: 50e-9 };
      return {
        game: name,
        parameters: { heights, airGapSeconds, allowanceSeconds, responseSeconds, buildSeconds, ...money },
      };
    }
  }
}

export function partyOf(side: PartySetup["side"], strategy: string, rest: Partial<PartySetup> = {}): PartySetup {
  const latencySeconds: [number, number] = side === "honest" ? [60, 60] : [0, 0];
  return { name: strategy, side, strategy, options: {}, latencySeconds, buildSeconds: 0, budgetEther: 10_000, ...rest };
}

/** One honest party against these. */
export function setupOf(game: GameSetup, adversaries: readonly PartySetup[], rest: Partial<PlaySetup> = {}): PlaySetup {
  return {
    game,
    seed: 1,
    blockSeconds: 1,
    baseFee: { kind: "constant", gwei: 10 },
    order: "random",
    censorship: { mode: "none", seconds: 0, pieces: 1 },
    parties: [partyOf("honest", "honest"), ...adversaries],
    stop: { afterSeconds: 1e9, onRuin: false },
    ...rest,
  };
}

/** The refusal's name, or null if the rules allow it. */
export function refusalOf(play: () => void): string | null {
  try {
    play();
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.name;
    throw error;
  }
}
