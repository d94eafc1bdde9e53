import { itHolds } from "../../support/game/describeSearch";

/** Minutes of systematic play. Eight ticks of silence at H = 1,1,1 are as many as matter: the truth has won by then. */
describe("game: every course of play at small heights, at length", function () {
  this.timeout(1_200_000);
  itHolds({ heights: [1, 1, 1], team: 1, stalls: 8, among: ["lie 0/0/0"] });
  itHolds({ heights: [1, 1, 1], team: 1, stalls: 4 });
  itHolds({
    heights: [1, 1, 1],
    team: 2,
    stalls: 1,
    among: ["lie 0/0/0", "lie 0/1/0", "detour 0", "noise at level 1", "the truth"],
  });
  itHolds({ heights: [1, 1, 1], team: 3, stalls: 0 });
  itHolds({ heights: [2, 1, 1], team: 1, stalls: 2 });
  itHolds({ heights: [1, 2, 1], team: 1, stalls: 1 });
  itHolds({ heights: [1, 1, 2], team: 1, stalls: 1 });
  itHolds({ heights: [2, 2, 2], team: 1, stalls: 1, runSteps: 7 });
});
