import type { Game, GameName } from "./game";
import { ClaimsGame, type ClaimsParameters } from "./claims/model";
import { CORRECT as CLAIMS, MUTANTS as CLAIMS_MUTANTS } from "./claims/rules";
import { EdgesGame } from "./edges/model";
import type { EdgesParameters } from "./edges/rules";
import { TournamentGame, type TournamentParameters } from "./tournament/model";
import { CORRECT as TOURNAMENT, MUTANTS as TOURNAMENT_MUTANTS } from "./tournament/rules";

/** A game and its parameters. `rules` names a mutant; absent, the rules are right. */
export type GameSetup =
  | { game: "edges"; parameters: EdgesParameters; rules?: undefined }
  | { game: "claims"; parameters: ClaimsParameters; rules?: string }
  | { game: "tournament"; parameters: TournamentParameters; rules?: string };

/** Mutants of each game, by the name of the mistake. Those of `edges` are played on the model with hashes. */
export const RULES: Readonly<Record<GameName, readonly string[]>> = {
  edges: [],
  claims: Object.keys(CLAIMS_MUTANTS),
  tournament: Object.keys(TOURNAMENT_MUTANTS),
};

export function createGame(setup: GameSetup): Game {
  switch (setup.game) {
    case "edges":
      return new EdgesGame(setup.parameters);
    case "claims":
      return new ClaimsGame(setup.parameters, setup.rules === undefined ? CLAIMS : CLAIMS_MUTANTS[setup.rules]);
    case "tournament":
      return new TournamentGame(
        setup.parameters,
        setup.rules === undefined ? TOURNAMENT : TOURNAMENT_MUTANTS[setup.rules],
      );
  }
}
