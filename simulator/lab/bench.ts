import { leastChallengePeriod } from "./games/edges/rules";
import { GAMES, type GameName } from "./games/game";
import { rootAllowance } from "./games/tournament/clock";
import { playGame } from "./play";
import { eventLine } from "./results";
import { parseScenario } from "./scenario/read";
import { playSetupOf } from "./scenario/setup";
import type { Scenario } from "./scenario/schema";

const HEIGHTS = [3, 4, 5];
const CLOCK = { answerSeconds: 72, censorshipSeconds: 86_400 };
const PARAMETERS: Readonly<Record<GameName, object>> = {
  edges: {
    heights: HEIGHTS,
    challengePeriodSeconds: leastChallengePeriod(HEIGHTS, CLOCK),
    stakesEther: [16, 4, 1],
  },
  claims: {
    heights: [3, 9],
    maxClockSeconds: 302_400,
    extensionSeconds: 10_800,
    bondEther: 0.08,
    bondGrowth: 1.09493,
  },
  tournament: {
    heights: HEIGHTS,
    allowanceSeconds: rootAllowance(86_400, HEIGHTS.length, 7_200, 300),
    responseSeconds: 300,
    buildSeconds: 7_200,
    bondsEther: [0.4, 0.4, 0.4],
  },
};

/** What the speed of the paper board is measured on: one honest party against three liars, heights 3, 4, 5. */
export function benchScenario(game: GameName): Scenario {
  return parseScenario({
    name: `speed of ${game}`,
    game: { kind: game, ...PARAMETERS[game] },
    honest: [{ strategy: "honest", latencySeconds: 60 }],
    adversaries: [{ strategy: "liar", count: 3 }],
  });
}

/** Games a second of processor time on one core, events included, for each game. */
export function benchGames(games: number): { game: GameName; perSecond: number }[] {
  return GAMES.map((game) => {
    const scenario = benchScenario(game);
    const play = (first: number, count: number): void => {
      for (let seed = first; seed < first + count; seed++)
        playGame(playSetupOf(scenario, seed), (event) => eventLine(0, seed, event));
    };
    // The compiler has its turn first.
    play(1, Math.ceil(games / 10));
    const before = process.cpuUsage();
    play(1_000, games);
    const { user, system } = process.cpuUsage(before);
    return { game, perSecond: Math.round(games / ((user + system) / 1e6)) };
  });
}
