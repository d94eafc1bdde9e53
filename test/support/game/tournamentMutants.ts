// A table: rules of the tournament, each off in one mutant.
import type { SolidityMutant } from "./solidityMutants";

const TOURNAMENTS = "contracts/games/tournament/Tournaments.sol";
const CLOCKS = "contracts/games/tournament/Clocks.sol";

type Row = readonly [name: string, from: string, to: string];

const JOINING: readonly Row[] = [
  ["what stands is asserted again", "if (_rootOf[id] != 0) return id;", ""],
  ["each assertion opens its tournament anew", "_tournaments[tournament].start == 0", "true"],
  [
    "another root than the spine's",
    "if (actual != root) revert RootMismatch(actual, root);\n        _rootOf[id] = root;",
    "_rootOf[id] = root;",
  ],
  ["a leaf that nobody contests", "last != above.left && last != above.right", "false"],
  ["a machine that yields another output", "actual != last", "false"],
  ["bytes for nothing", "machine.length != 0", "false"],
  ["joins after the time to join", "late >= t.allowance", "false"],
  ["joins in the second in which it closes", "late >= t.allowance", "late > t.allowance"],
  ["a spine of any length", "spine.length != height", "false"],
  ["one commitment joins twice", "c.standing != Standing.None", "false"],
  ["joins without a bond", "_debit(bond);", ""],
  ["a bond that no pool holds", "t.pool += bond;", ""],
  ["whoever is late has a whole clock", "t.allowance - late", "t.allowance"],
  ["nobody's joining is counted", "++t.joined;", ""],
  ["who waited waits on", "t.waiting = 0;", ""],
  ["matches are not counted", "++t.matches;", ""],
];

const ANSWERS: readonly Row[] = [
  ["answers below the last height", "height == 1", "false"],
  [
    "an answer opens any node",
    "if (height == 1) revert WrongHeight(1, 2);\n        _requireNode(left, right, m.other);",
    "if (height == 1) revert WrongHeight(1, 2);",
  ],
  [
    "an answer goes to the half that is agreed",
    "_requireNode(nextLeft, nextRight, isLeft ? left : right);",
    "isLeft = !isLeft; _requireNode(nextLeft, nextRight, isLeft ? left : right);",
  ],
  ["the half's children are any", "_requireNode(nextLeft, nextRight, isLeft ? left : right);", ""],
  ["the way down is not counted", "if (!isLeft) m.position += uint64(1) << (height - 1);", ""],
  ["one side answers alone", "m.isTurnOfTwo = !m.isTurnOfTwo;", ""],
  ["sealed above the last height", "m.height != 1", "false"],
  [
    "a seal opens any node",
    "if (m.height != 1) revert WrongHeight(m.height, 1);\n        _requireNode(left, right, m.other);",
    "if (m.height != 1) revert WrongHeight(m.height, 1);",
  ],
  ["a sealed leaf is the left one", "if (!isLeft) ++m.position;", ""],
  [
    "sides are mixed up at a seal",
    "(m.left, m.right) = isTwo ? (theirs, mine) : (mine, theirs);",
    "(m.left, m.right) = (mine, theirs);",
  ],
  ["a seal agrees on any state", "_requireAgreed(m.position, agreed, path, t, isTwo ? m.two : m.one);", ""],
  ["the first state of a history is any", "agreed != t.initial", "false"],
  ["a path of any length", "path.length != height", "false"],
  ["a path before the first leaf", "path.length != 0", "false"],
  ["a seal with another inbox", "_requireInbox(inbox, t.inbox);", ""],
  ["a run starts from the output root itself", "level == 0 ? prover.initialState(agreed, inbox) : agreed", "agreed"],
  ["inner tournaments have the shorter clock", "one > two ? one : two", "one > two ? two : one"],
  [
    "an answer after the clock",
    "if (used >= c.left) revert ClockExpired(matchId);",
    "if (used > c.left) used = c.left;",
  ],
  ["an answer in the second in which the clock is over", "used >= c.left", "used > c.left"],
  ["an answer costs nothing", "c.left = clock;", ""],
  [
    "the clock of who answers runs on",
    "c.left = clock;\n        m.since = uint40(block.timestamp);",
    "c.left = clock;",
  ],
];

const ENDS: readonly Row[] = [
  ["a step after the clock", "block.timestamp >= _expiry(m)", "false"],
  ["a step in the second in which a clock is over", "block.timestamp >= _expiry(m)", "block.timestamp > _expiry(m)"],
  ["a step with another inbox", "_requireInbox(inbox, _tournaments[m.tournament].inbox);", ""],
  ["a step that leads to neither leaf", "actual != m.left && actual != m.right", "false"],
  ["the step's loser wins", "actual == m.left ? m.one : m.two", "actual == m.left ? m.two : m.one"],
  [
    "a win by a step costs no time",
    "_end(matchId, m, winner, clock, left, right);",
    "_end(matchId, m, winner, _commitments[m.tournament][winner].left, left, right);",
  ],
  ["nobody wins by time", "if (survivor == 0) revert WrongSurvivor(matchId, 0);", ""],
  ["a survivor is eliminated", "survivor != 0", "false"],
  ["the winner below is brought up too late", "carried == 0", "false"],
  ["the loser below is brought up", "last == m.left ? m.one : m.two", "last == m.left ? m.two : m.one"],
  ["an inner tournament is never settled", "_settle(inner);", ""],
  ["an inner tournament with a winner is eliminated", "_carried(inner) != 0", "_carried(inner) > type(uint32).max"],
  [
    "bonds of an eliminated tournament stay",
    "(t.pool, t.isSettled) = (0, true);\n        burnt += pool;",
    "t.isSettled = true;",
  ],
  ["confirmed while it runs", "!_isFinished(t) || t.waiting != _rootOf[assertion]", "t.waiting != _rootOf[assertion]"],
  ["a loser is confirmed", "t.waiting != _rootOf[assertion]", "false"],
  ["confirmed before its parent", "_requireParentConfirmed(constants.parent);", ""],
  ["an end that is not counted", "--t.matches;", ""],
  ["when a match ended is not kept", "t.lastEnd = uint40(block.timestamp);", ""],
  ["a loser stays", "if (m.one != survivor) _strike(id, m.one);", ""],
  ["the other loser stays", "if (m.two != survivor) _strike(id, m.two);", ""],
  ["a survivor with another's children", "_requireNode(left, right, survivor);", ""],
  ["a survivor keeps the clock that it had", "_commitments[id][survivor].left = clock;", ""],
  ["a survivor is not paired again", "_pair(id, t, survivor, left, right);", ""],
  ["a timeout at an inner match", "m.phase != Phase.Bisect && m.phase != Phase.Leaf", "false"],
  ["a timeout before a clock is over", "block.timestamp < _expiry(m)", "false"],
  ["a timeout a second late", "block.timestamp < _expiry(m)", "block.timestamp <= _expiry(m)"],
  ["a late claim of a win costs nothing", "elapsed - _commitments[m.tournament][running].left", "uint40(0)"],
  ["who waits pays for all of the other's time", "elapsed - _commitments[m.tournament][running].left", "elapsed"],
  ["a clock that is over still wins", "cost >= left", "cost > left"],
  ["a sealed leaf waits for the longer clock", "one < two ? one : two", "one < two ? two : one"],
  ["the clock of who waits runs", "m.isTurnOfTwo ? two : one", "m.isTurnOfTwo ? one : two"],
  ["an inner tournament ends while it runs", "if (!_isFinished(t)) revert TournamentRunning(inner);", ""],
  ["a winner below has for ever", "elapsed < left ? left - elapsed : 0", "left"],
  ["a tournament with matches is over", "t.matches == 0", "true"],
  ["a tournament without a match is over", "block.timestamp >= uint256(t.start) + t.allowance", "true"],
  [
    "over a second late",
    "block.timestamp >= uint256(t.start) + t.allowance",
    "block.timestamp > uint256(t.start) + t.allowance",
  ],
  ["the last match is forgotten", "t.lastEnd > closed ? t.lastEnd : closed", "closed"],
  ["any phase will do", "m.phase != phase", "false"],
];

const MONEY: readonly Row[] = [
  ["a winner without its bond", "_credit(claimer, bond + prize);", "_credit(claimer, prize);"],
  ["the winner takes all", "(pool - bond) / 10", "pool - bond"],
  ["what is burnt is not counted", "burnt += burnt_;", ""],
  [
    "a pool is paid twice",
    "(t.pool, t.isSettled) = (0, true);\n        burnt += burnt_;",
    "t.isSettled = true;\n        burnt += burnt_;",
  ],
  [
    "a settled tournament is open",
    "(t.pool, t.isSettled) = (0, true);\n        burnt += burnt_;",
    "t.pool = 0;\n        burnt += burnt_;",
  ],
  ["refunds of any tip", "block.basefee + MOST_TIP", "tx.gasprice"],
  ["refunds above what was paid", "if (price > tx.gasprice) price = tx.gasprice;", ""],
  ["refunds of any price", "if (price > MOST_GAS_PRICE) price = MOST_GAS_PRICE;", ""],
  ["refunds out of nothing", "t.pool -= amount;", ""],
  ["an answer is not paid for", "_refund(m.tournament, ADVANCE_GAS);", ""],
  ["a step is not paid for", "_refund(tournament, STEP_GAS);", ""],
];

const VIEWS: readonly Row[] = [
  ["one that is out may still win", "c.standing == Standing.Out", "false"],
  [
    "nobody contests a joined tournament",
    "return (t.joined > 1, t.isSettled, t.isSettled ? _endOf(t) : 0);",
    "return (false, t.isSettled, t.isSettled ? _endOf(t) : 0);",
  ],
  ["a settled tournament has any winner", "t.isSettled && t.waiting == _rootOf[assertion]", "t.isSettled"],
  ["what waits has won", "t.isSettled && t.waiting == _rootOf[assertion]", "t.waiting == _rootOf[assertion]"],
  ["what is confirmed is settled again", "if (t.isSettled) return;", ""],
];

const CONSTRUCTOR: readonly Row[] = [
  ["a level without height", "p.heights[level] == 0", "false"],
  ["a level of any height", "p.heights[level] > 40", "false"],
  ["a bond that no match can be paid out of", "p.bonds[level] < most", "false"],
  ["a bond of any size", "p.bonds[level] > type(uint96).max", "false"],
  ["no budget for an answer", "p.responseTime == 0", "false"],
  ["clocks that are cut off", "allowance > type(uint32).max", "false"],
  ["no time to build below", "LAST_LEVEL * (uint256(p.buildTime) + 2 * uint256(p.responseTime))", "0"],
];

const TIMES: readonly Row[] = [
  ["no budget for answers", "used > budget ? left - (used - budget) : left", "left - used"],
  ["a budget that is saved up", "used > budget ? left - (used - budget) : left", "left + budget - used"],
  ["an answer is free", "used > budget ? left - (used - budget) : left", "left"],
  ["a winner below has no more than it carried", "carried + buildTime + 2 * budget", "carried"],
  ["a winner below gains time", "refilled < most ? refilled : most", "refilled"],
  ["the shorter clock of the pair bounds", "one > two ? one : two", "one > two ? two : one"],
];

const of = (file: string, rows: readonly Row[]): SolidityMutant[] =>
  rows.map(([name, from, to]) => ({ name, file, from, to }));

/**
 * One rule off in each. Not among them: that neither a refund nor a bond is more than a pool, for each commitment brings what one match
 * can take, and there are fewer matches.
 */
export const TOURNAMENT_MUTANTS: readonly SolidityMutant[] = [
  ...of(CLOCKS, TIMES),
  ...[JOINING, ANSWERS, ENDS, MONEY, VIEWS, CONSTRUCTOR].flatMap((rows) => of(TOURNAMENTS, rows)),
];
