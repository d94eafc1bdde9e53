import type { GameSetup } from "../games/create";
import type { PartySetup, PlaySetup } from "../play";
import type { Scenario } from "./schema";

/** Imports no schema: a thread that plays is there sooner without. */
export function playSetupOf(scenario: Scenario, seed: number): PlaySetup {
  const { l1, censorship, stop } = scenario;
  const parties = [
    ...scenario.honest.flatMap((party) => partiesOf(party, "honest")),
    ...scenario.adversaries.flatMap((party) => partiesOf(party, "adversary")),
  ];
  const numbered = parties.map((party, by) => ({ ...party, name: `${by} ${party.strategy}` }));
  return { game: gameOf(scenario), seed, ...l1, censorship, stop, parties: numbered };
}

function partiesOf(party: Scenario["honest"][number], side: PartySetup["side"]): PartySetup[] {
  const { strategy, count, latencySeconds: given, ...rest } = party;
  const latencySeconds: [number, number] = typeof given === "number" ? [given, given] : given;
  return Array.from({ length: count }, () => ({ name: strategy, side, strategy, latencySeconds, ...rest }));
}

function gameOf({ game }: Scenario): GameSetup {
  switch (game.kind) {
    case "edges": {
      const { heights, challengePeriodSeconds, stakesEther: stakes } = game;
      return { game: "edges", parameters: { heights, challengePeriodSeconds, stakes, airGapSeconds: 0 } };
    }
    case "claims": {
      const { kind, rules, ...parameters } = game;
      return { game: kind, parameters, rules };
    }
    case "tournament": {
      const { kind, rules, bondsEther: bonds, refundGweiPerGas, ...rest } = game;
      const parameters = { ...rest, bonds, refundEtherPerGas: refundGweiPerGas / 1e9, airGapSeconds: 0 };
      return { game: kind, parameters, rules };
    }
  }
}
