// A table: rules of the game of claims, each off in one mutant.
import type { SolidityMutant } from "./solidityMutants";

const CLAIMS = "contracts/games/claims/Claims.sol";
const POSITIONS = "contracts/games/claims/Positions.sol";

type Row = readonly [name: string, from: string, to: string];

const CONSTRUCTOR: readonly Row[] = [
  ["a level without height", "p.heights[level] == 0", "false"],
  ["a level of any height", "p.heights[level] > 40", "false"],
  ["one depth more than positions can hold", "sum > 61", "sum > 62"],
  ["no bond", "p.bond == 0", "false"],
  ["a bond of any size", "p.bond > type(uint96).max", "false"],
  ["a bond that shrinks", "p.bondGrowth < ONE", "p.bondGrowth < ONE - 1"],
  ["a bond that more than doubles", "p.bondGrowth > 2 * ONE", "p.bondGrowth > 2 * ONE + 1"],
  ["no clock", "p.maxClock == 0", "false"],
  ["a clock of any length", "p.maxClock > type(uint32).max", "false"],
  ["no extension", "p.clockExtension == 0", "false"],
  [
    "two extensions are more than the clock",
    "2 * uint256(p.clockExtension) > p.maxClock",
    "2 * uint256(p.clockExtension) > uint256(p.maxClock) + 2",
  ],
  [
    "extension and step are more than the clock",
    "uint256(p.clockExtension) + p.stepTime > p.maxClock",
    "uint256(p.clockExtension) + p.stepTime > uint256(p.maxClock) + 1",
  ],
];

const MOVES: readonly Row[] = [
  ["what stands is asserted again", "if (_claims[id].length != 0) return id;", ""],
  ["a claim of another value is answered", "above.value != disputed", "false"],
  ["moves below the bottom", "depth > BOTTOM", "false"],
  ["the root is defended", "depth == 1 ", "false "],
  ["the root of a trace is defended", "depth == split + 2", "false"],
  ["bytes for nothing", "last.length != 0", "false"],
  ["a move after the clock", "_requireTime(assertion, above)", "_usedAgainst(assertion, above)"],
  ["a step after the clock", "_requireTime(assertion, claim);", ""],
  ["a move in the second in which the clock is over", "used >= challengePeriod", "used > challengePeriod"],
  ["no more time above the bottom", "extension += stepTime;", ""],
  ["no more time above the split", "extension *= 2;", ""],
  ["no extension of a clock", "used > challengePeriod - extension", "false"],
  ["an extension for everybody", "used > challengePeriod - extension", "true"],
  ["an answer is not counted", "++above.unresolved;", ""],
  ["a claim is made twice", "_exists[key] = true;", ""],
  ["a claim without a bond", "_debit(bondOf(depth));", "if (depth == 0) _debit(bondOf(depth));"],
  ["every claim costs the root's bond", "_debit(bondOf(depth));", "_debit(bondOf(0));"],
  ["a bond that grows slower", "power = (power * power) / ONE;", "power = BOND_GROWTH;"],
  ["the end of a run is not the machine's", "machine != value", "false"],
  ["the end of a run says anything", "isDenied == (outcome == disputed.value)", "false"],
  [
    "only who denies must show another end",
    "isDenied == (outcome == disputed.value)",
    "isDenied && outcome == disputed.value",
  ],
  [
    "only who stands for an end must show it",
    "isDenied == (outcome == disputed.value)",
    "!isDenied && outcome != disputed.value",
  ],
  ["the end of the wrong run", "position.indexOf(split) + (isAttack ? 0 : 1)", "position.indexOf(split)"],
  ["a clock is not inherited", "used += _claims[assertion][claim.parent].used;", ""],
  ["a clock is inherited from the wrong side", "used += _claims[assertion][claim.parent].used;", "used += claim.used;"],
];

const STEPS: readonly Row[] = [
  ["a step above the bottom", "depth != BOTTOM", "false"],
  ["two steps on one claim", "_steppers[assertion][index] != address(0)", "false"],
  ["a step from another start", "originHash != required", "false"],
  ["a step with another inbox", "inboxHash != origin.inbox", "false"],
  ["a step that proves the claim right", "isDenied == (afterHash == next.value)", "false"],
  [
    "a step for a claim of its own side need not lead there",
    "isDenied == (afterHash == next.value)",
    "isDenied && afterHash == next.value",
  ],
  [
    "a step against a claim may lead there",
    "isDenied == (afterHash == next.value)",
    "!isDenied && afterHash != next.value",
  ],
  [
    "a defence is held against the claim itself",
    "afterIndex = _claimAbove(assertion, index, leaf + 1, false);",
    "afterIndex = index;",
  ],
  ["a step from the state after", "_claimAbove(assertion, index, leaf - 1, false)", "index"],
  ["every run starts where the first does", "run == 0", "true"],
  [
    "who steps is not noted",
    "_steppers[assertion][index] = msg.sender;",
    "_steppers[assertion][index] = claim.claimant;",
  ],
];

const RESOLUTION: readonly Row[] = [
  ["a claim is resolved twice", "claim.isResolved = true;", ""],
  ["a claim is resolved before its clock", "used < challengePeriod", "false"],
  ["a claim is resolved a second late", "used < challengePeriod", "used <= challengePeriod"],
  ["a claim is resolved before its answers", "claim.unresolved != 0", "false"],
  ["an answer never tells its parent", "--parent.unresolved;", ""],
  [
    "an answer that is countered counts",
    "winner == address(0) && _isLeftOf(assertion, index, parent.leftmost)",
    "_isLeftOf(assertion, index, parent.leftmost)",
  ],
  ["the last answer takes the bond", "_isLeftOf(assertion, index, parent.leftmost)", "true"],
  ["the right-most answer takes the bond", "position < known", "position > known"],
  ["the younger of two takes the bond", "index < other", "index > other"],
  ["a bond of another depth is paid", "bondOf(claim.position.depthOf())", "bondOf(claim.position.depthOf() + 1)"],
  ["a bond always goes back", "winner == address(0) ? claim.claimant : winner", "claim.claimant"],
  ["a bond goes to whoever resolves", "winner == address(0) ? claim.claimant : winner", "msg.sender"],
  [
    "a step does not counter",
    "leftmost == 0 ? _steppers[assertion][index] : _claims[assertion][leftmost].claimant",
    "leftmost == 0 ? address(0) : _claims[assertion][leftmost].claimant",
  ],
  ["a countered root stands", "winner == address(0) ? Outcome.Stands : Outcome.Countered", "Outcome.Stands"],
  ["what does not stand is confirmed", "ruling.outcome != Outcome.Stands", "false"],
  [
    "two are confirmed at one place",
    "ruling.outcome != Outcome.Stands || _decidedAt[place] != 0",
    "ruling.outcome != Outcome.Stands",
  ],
  ["what is confirmed cannot be so again", "if (ruling.outcome == Outcome.Confirmed) return;", ""],
  ["confirmed before its parent", "_requireParentConfirmed(parent);", ""],
  ["a place is never decided", "_decidedAt[place] = uint40(block.timestamp);", ""],
];

const VIEWS: readonly Row[] = [
  ["an answered assertion is not challenged", "_claims[assertion].length > 1", "false"],
  [
    "a place that is decided does not challenge",
    "_decidedAt[place] != 0 || _isCountered(assertion)",
    "_isCountered(assertion)",
  ],
  ["a countered assertion may still win", "_isCountered(assertion.id)", "false"],
  ["nobody contests an answered assertion", "_claims[assertion.id].length > 1", "false"],
  ["a claim that is not there", "index >= _claims[assertion].length", "false"],
  ["a level that is not there", "revert WrongLevel(level, 2);", "return 0;"],
  [
    "every ruling is a confirmation",
    "_rulings[assertion].outcome == Outcome.Confirmed",
    "_rulings[assertion].outcome != Outcome.Open",
  ],
];

const PLACES: readonly Row[] = [
  ["a defence stands where an attack would", "isAttack ? position : position + 1", "position"],
  ["a claim is about the first leaf below it", "((index + 1) << (bottom - depth)) - 1", "index << (bottom - depth)"],
  [
    "leaves of a trace are counted through all runs",
    "indexOf(position, depth) & ((1 << (depth - top)) - 1)",
    "indexOf(position, depth)",
  ],
];

const of = (file: string, rows: readonly Row[]): SolidityMutant[] =>
  rows.map(([name, from, to]) => ({ name, file, from, to }));

/** One rule off in each. Not among them: `ClaimNotFound` on a path, for whatever is asked for there stands there. */
export const CLAIMS_MUTANTS: readonly SolidityMutant[] = [
  ...[MOVES, STEPS, RESOLUTION, VIEWS, CONSTRUCTOR].flatMap((rows) => of(CLAIMS, rows)),
  ...of(POSITIONS, PLACES),
];
