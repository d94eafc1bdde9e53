import { itHolds, itMerges } from "../../support/game/describeSearch";

/** Minutes of systematic play: first with every move there is and so much silence, then with any silence (docs/spec/06-game.md#systematic). */
describe("game: every course of play at small heights, at length", function () {
  this.timeout(1_200_000);
  itHolds({ heights: [1, 1, 1], team: 1, stalls: 8, among: ["lie 0/0/0"] });
  itHolds({ heights: [1, 1, 1], team: 1, stalls: 5 });
  itHolds({ heights: [1, 1, 1], team: 2, stalls: 1 });
  itHolds({ heights: [1, 1, 1], team: 3, stalls: 0 });
  itHolds({ heights: [2, 2, 2], team: 1, stalls: 2, runSteps: 7 });
  itMerges("lie 0/0/0", false);
  itMerges("lie 1/0/1", true);
  itHolds({ heights: [1, 1, 1], team: 1, stalls: "any number of" });
  itHolds({ heights: [2, 1, 1], team: 1, stalls: "any number of" });
  itHolds({ heights: [1, 2, 1], team: 1, stalls: "any number of" });
  itHolds({ heights: [1, 1, 2], team: 1, stalls: "any number of" });
});
