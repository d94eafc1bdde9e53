import {
  ANSWER_SECONDS,
  itCovers,
  itFinds,
  itHolds,
  itHoldsAgainstAny,
  itMerges,
} from "../../support/game/describeSearch";
import { CORRECT, MUTANTS } from "../../../simulator/boards/paper/rules";

const FALSE_WINS = "a false edge of level 0 has won";

/** Systematic play at length (docs/spec/06-game.md#systematic): so much silence, then any, then any number of adversaries. */
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
  itCovers(["lie 0/0/0"], { ways: "first", packs: true });
  itCovers(["lie 0/0/0", "detour 0"], { ways: "all", packs: false });
  itCovers(["lie 0/1/0", "noise at level 1"], { ways: "all", packs: true });
  itHoldsAgainstAny({ heights: [1, 1, 1], ways: "all", packs: false });
  itHoldsAgainstAny({ heights: [1, 1, 1], ways: "all", packs: true });
  itFinds("max instead of min over children", MUTANTS["max instead of min over children"], FALSE_WINS);
  itFinds("own time for late rivals", MUTANTS["own time for late rivals"], FALSE_WINS);
  itFinds("open of an unrivalled leaf", MUTANTS["open of an unrivalled leaf"], FALSE_WINS);
  itFinds("bisect of an unrivalled edge", MUTANTS["bisect of an unrivalled edge"], FALSE_WINS);
  itFinds("no last-leaf proof", MUTANTS["no last-leaf proof"], FALSE_WINS);
  itFinds("a challenge period of (N + 3) answers", CORRECT, FALSE_WINS, 6 * ANSWER_SECONDS);
});
