import { itHolds, itHoldsAgainstAny } from "../../support/game/describeSearch";

/** Quick parts of the systematic play; more of it is in exhaustive.full.ts. That it can fail, mutants.test.ts shows. */
describe("game: every course of play at small heights", function () {
  this.timeout(240_000);
  itHolds({ heights: [1, 1, 1], team: 1, stalls: 2 });
  itHolds({ heights: [1, 1, 1], team: 1, stalls: "any number of", among: ["lie 0/0/0", "lie 1/0/1", "detour 0"] });
  itHolds({ heights: [1, 1, 1], team: 2, stalls: 0 });
  itHolds({ heights: [2, 1, 1], team: 1, stalls: 1 });
  itHoldsAgainstAny({ heights: [1, 1, 1], ways: "first", packs: false, among: ["lie 0/0/0"] });
});
