import { intents, optionOf, type Strategy } from "./strategy";

/** Has no history: claims at once whatever falls due, for whomever. A lie that has earned enough is confirmed in that block. */
export const settler: Strategy = {
  name: "settler",
  about: "claims at once whatever falls due, lies included; with `onlyLies` nothing else",
  options: { onlyLies: [0, 1, 0] },
  sit(seat) {
    const isPicky = optionOf(settler, seat, "onlyLies") === 1;
    return { decide: () => intents(seat.game.due().filter(({ forLie }) => !isPicky || forLie === true)) };
  },
};
