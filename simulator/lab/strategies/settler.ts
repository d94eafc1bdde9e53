import { intents, type Strategy } from "./strategy";

/** Has no history: claims at once whatever falls due, for whomever. A lie that has earned enough is confirmed in that block. */
export const settler: Strategy = {
  name: "settler",
  about: "claims at once whatever falls due, lies included",
  sit: ({ game }) => ({ decide: () => intents(game.due()) }),
};
