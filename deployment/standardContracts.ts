import type { DeploymentConfig, GameType } from "./config";
import type { ContractChoices } from "./plan";
import { readProgramFile } from "./program";

type Game = DeploymentConfig["game"];

/** The queue of the game that was chosen, and what its constructor takes. */
const QUEUES: Readonly<Record<GameType, string>> = {
  edges: "games/edges/StateRootQueue",
  claims: "games/claims/ClaimsQueue",
  tournament: "games/tournament/TournamentQueue",
};

function argumentsOf(game: Game): object {
  const { heights, challengePeriod, responseTime, censorshipTime } = game;
  if (game.type === "edges") return { heights, stakes: game.stakes, challengePeriod, responseTime, censorshipTime };
  if (game.type === "tournament") {
    const { bonds, buildTime } = game;
    return { heights, bonds, censorshipTime, responseTime, buildTime };
  }
  const { bond, bondGrowth } = game;
  // An extension is what an honest answer may take; a step has as much again for its proof.
  return { heights, bond, bondGrowth, maxClock: challengePeriod, clockExtension: responseTime, stepTime: responseTime };
}

/** The contracts of a real system: the prover of the program's machine and, over it, the queue of the game that was chosen. */
export function standardContracts({ game }: DeploymentConfig): ContractChoices {
  return {
    prover: {
      source: "vm/OneStepProver",
      fingerprint: () => readProgramFile().programHash,
      args: ({ addresses }) => {
        const { wasmHash: _wasmHash, programHash: _programHash, ...program } = readProgramFile();
        return [program, addresses.inbox];
      },
    },
    queue: {
      source: QUEUES[game.type],
      args: ({ addresses: { inbox, prover }, genesis }) => [
        { ...argumentsOf(game), genesisOutputRoot: genesis.outputRoot, inbox, prover },
      ],
    },
  };
}
