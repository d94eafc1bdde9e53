// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDisputeGame} from "../../interfaces/IDisputeGame.sol";
import {IInbox} from "../../interfaces/IInbox.sol";
import {IOneStepProver} from "../../interfaces/IOneStepProver.sol";
import {ISettlement} from "../../interfaces/ISettlement.sol";
import {ITournament} from "../../interfaces/ITournament.sol";
import {AssertionGames} from "../../settlement/AssertionGames.sol";
import {Settlement} from "../../settlement/Settlement.sol";
import {Balances} from "../shared/Balances.sol";
import {Histories} from "../shared/Histories.sol";
import {Names} from "../shared/Names.sol";
import {Clocks} from "./Clocks.sol";

/// @title The moves of the tournament
/// @dev INVARIANT: the contract's ether is all balances, the pools of tournaments that are not settled, and what was burnt.
/// INVARIANT: a commitment that waits is its tournament's `waiting`; one that plays is a side of exactly one match that is not over.
/// NOTE: differs from its source where our settlement does: bonds come from balances and go back there; a tournament of level 0 opens with
/// its first commitment.
/// @custom:source docs/spec/17-tournament.md.
abstract contract Tournaments is Balances, AssertionGames, ITournament {
    /// @notice Arguments of the constructor.
    /// @param heights Of the trees of levels 0, 1, 2; 1 to 40 each.
    /// @param bonds Of levels 0, 1, 2, in wei: at least what the refunds of one match of the level can take.
    /// @param censorshipTime C, in seconds. @param responseTime G; not 0. @param buildTime T.
    struct Parameters {
        uint8[3] heights;
        uint256[3] bonds;
        uint40 censorshipTime;
        uint40 responseTime;
        uint40 buildTime;
        bytes32 genesisOutputRoot;
        IInbox inbox;
        IOneStepProver prover;
    }

    uint32 private constant TOURNAMENT = 102;
    uint8 private constant LAST_LEVEL = 2;
    bytes32 private constant TAG_MATCH = keccak256("solvent.match");
    bytes32 private constant TAG_TOURNAMENT = keccak256("solvent.tournament");

    /// @dev Wei for a unit of gas that refunds pay at the most, and what they pay above the base fee.
    uint256 private constant MOST_GAS_PRICE = 50 gwei;
    uint256 private constant MOST_TIP = 10 gwei;
    /// @dev Gas that each move is taken to cost (test/snapshots/gas.tournament.json), base and calldata included.
    uint256 private constant ADVANCE_GAS = 70_000;
    uint256 private constant SEAL_GAS = 240_000;
    uint256 private constant STEP_GAS = 400_000;
    uint256 private constant INNER_GAS = 260_000;
    uint256 private constant TIMEOUT_GAS = 160_000;
    uint256 private constant ELIMINATE_GAS = 80_000;

    uint8 private immutable HEIGHT_0;
    uint8 private immutable HEIGHT_1;
    uint8 private immutable HEIGHT_2;
    uint256 private immutable BOND_0;
    uint256 private immutable BOND_1;
    uint256 private immutable BOND_2;

    /// @inheritdoc IDisputeGame
    uint40 public immutable override challengePeriod;
    /// @inheritdoc ITournament
    uint40 public immutable override responseTime;
    /// @inheritdoc ITournament
    uint40 public immutable override buildTime;
    /// @inheritdoc IDisputeGame
    IOneStepProver public immutable override prover;

    /// @inheritdoc ITournament
    uint256 public override burnt;

    mapping(bytes32 id => Tournament) private _tournaments;
    mapping(bytes32 tournament => mapping(bytes32 root => Commitment)) private _commitments;
    mapping(bytes32 id => Match) private _matches;
    /// @dev What an assertion is in its tournament: its history's root.
    mapping(bytes32 assertion => bytes32) private _rootOf;

    constructor(Parameters memory p) Settlement(p.genesisOutputRoot, p.inbox, p.prover, TOURNAMENT) {
        for (uint256 level = 0; level < 3; ++level) {
            if (p.heights[level] == 0 || p.heights[level] > 40) revert BadParameter("heights");
            uint256 most = (p.heights[level] * ADVANCE_GAS + SEAL_GAS + STEP_GAS + INNER_GAS) * MOST_GAS_PRICE;
            if (p.bonds[level] < most || p.bonds[level] > type(uint96).max) revert BadParameter("bonds");
        }
        if (p.responseTime == 0) revert BadParameter("responseTime");
        uint256 allowance =
            uint256(p.censorshipTime) +
                p.responseTime +
                LAST_LEVEL * (uint256(p.buildTime) + 2 * uint256(p.responseTime));
        if (allowance > type(uint32).max) revert BadParameter("censorshipTime");
        (HEIGHT_0, HEIGHT_1, HEIGHT_2) = (p.heights[0], p.heights[1], p.heights[2]);
        (BOND_0, BOND_1, BOND_2) = (p.bonds[0], p.bonds[1], p.bonds[2]);
        (challengePeriod, responseTime, buildTime) = (uint40(allowance), p.responseTime, p.buildTime);
        prover = p.prover;
    }

    /// @inheritdoc ITournament
    function assertState(
        Origin calldata origin,
        bytes32 root,
        OutputPreimage calldata output,
        bytes32[] calldata spine
    ) external override returns (bytes32 id) {
        bytes32 tournament = Names.assertionPlace(_requireOrigin(origin), HEIGHT_0);
        (bytes32 outputRoot, uint64 number) = _decodeOutput(output);
        id = Names.assertionId(tournament, root);
        if (_rootOf[id] != 0) return id;
        if (_tournaments[tournament].start == 0) _open(tournament, 0, 0, challengePeriod, origin.start, origin.inbox);
        bytes32 actual = _join(tournament, outputRoot, outputRoot, spine);
        if (actual != root) revert RootMismatch(actual, root);
        _rootOf[id] = root;
        _register(id, origin, root, outputRoot, number, 0);
    }

    /// @inheritdoc ITournament
    function join(
        bytes32 matchId,
        bytes32 last,
        bytes calldata machine,
        bytes32[] calldata spine
    ) external override returns (bytes32 root) {
        Match storage above = _requirePhase(matchId, Phase.Inner);
        if (last != above.left && last != above.right) revert NotContested(last);
        bytes32 leaf = last;
        if (_tournaments[above.tournament].level == 0) {
            bytes32 actual;
            (leaf, actual) = prover.result(machine);
            if (actual != last) revert ResultMismatch(actual, last);
        } else if (machine.length != 0) revert WrongLength(machine.length, 0);
        root = _join(_innerOf(matchId), last, leaf, spine);
    }

    /// @inheritdoc ITournament
    function advance(
        bytes32 matchId,
        bytes32 left,
        bytes32 right,
        bytes32 nextLeft,
        bytes32 nextRight
    ) external override {
        Match storage m = _requirePhase(matchId, Phase.Bisect);
        uint8 height = m.height;
        if (height == 1) revert WrongHeight(1, 2);
        _requireNode(left, right, m.other);
        uint40 clock = _answer(matchId, m);
        bool isLeft = left != m.left;
        _requireNode(nextLeft, nextRight, isLeft ? left : right);
        m.other = isLeft ? m.left : m.right;
        (m.left, m.right) = (nextLeft, nextRight);
        if (!isLeft) m.position += uint64(1) << (height - 1);
        m.height = height - 1;
        m.isTurnOfTwo = !m.isTurnOfTwo;
        emit Advanced(matchId, nextLeft, nextRight, clock);
        _refund(m.tournament, ADVANCE_GAS);
    }

    /// @inheritdoc ITournament
    function sealMatch(
        bytes32 matchId,
        bytes32 left,
        bytes32 right,
        bytes32 agreed,
        bytes32[] calldata path,
        IOneStepProver.InboxState calldata inbox
    ) external override {
        Match storage m = _requirePhase(matchId, Phase.Bisect);
        if (m.height != 1) revert WrongHeight(m.height, 1);
        _requireNode(left, right, m.other);
        uint40 clock = _answer(matchId, m);
        bool isTwo = m.isTurnOfTwo;
        {
            bool isLeft = left != m.left;
            (bytes32 mine, bytes32 theirs) = isLeft ? (left, m.left) : (right, m.right);
            if (!isLeft) ++m.position;
            (m.left, m.right) = isTwo ? (theirs, mine) : (mine, theirs);
        }
        Tournament storage t = _tournaments[m.tournament];
        _requireAgreed(m.position, agreed, path, t, isTwo ? m.two : m.one);
        m.other = agreed;
        uint8 level = t.level;
        if (level == LAST_LEVEL) m.phase = Phase.Leaf;
        else {
            m.phase = Phase.Inner;
            _requireInbox(inbox, t.inbox);
            bytes32 initial = level == 0 ? prover.initialState(agreed, inbox) : agreed;
            uint40 one = _commitments[m.tournament][m.one].left;
            uint40 two = _commitments[m.tournament][m.two].left;
            _open(_innerOf(matchId), matchId, level + 1, one > two ? one : two, initial, t.inbox);
        }
        emit Sealed(matchId, agreed, m.left, m.right, m.position, clock);
        _refund(m.tournament, SEAL_GAS);
    }

    /// @inheritdoc ITournament
    function winByStep(
        bytes32 matchId,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness,
        bytes32 left,
        bytes32 right
    ) external override {
        Match storage m = _requirePhase(matchId, Phase.Leaf);
        if (block.timestamp >= _expiry(m)) revert ClockExpired(matchId);
        _requireInbox(inbox, _tournaments[m.tournament].inbox);
        bytes32 actual = prover.step(m.other, inbox, witness);
        if (actual != m.left && actual != m.right) revert StepMismatch(actual);
        bytes32 winner = actual == m.left ? m.one : m.two;
        // Neither clock is over, so the winner's is not.
        (, uint40 clock) = _afterWin(m, winner, uint40(block.timestamp) - m.since);
        bytes32 tournament = m.tournament;
        _end(matchId, m, winner, clock, left, right);
        _refund(tournament, STEP_GAS);
    }

    /// @inheritdoc ITournament
    function winByTimeout(bytes32 matchId, bytes32 left, bytes32 right) external override {
        (Match storage m, bytes32 survivor, uint40 clock) = _requireTimeout(matchId);
        if (survivor == 0) revert WrongSurvivor(matchId, 0);
        bytes32 tournament = m.tournament;
        _end(matchId, m, survivor, clock, left, right);
        _refund(tournament, TIMEOUT_GAS);
    }

    /// @inheritdoc ITournament
    function eliminate(bytes32 matchId) external override {
        (Match storage m, bytes32 survivor, ) = _requireTimeout(matchId);
        if (survivor != 0) revert WrongSurvivor(matchId, survivor);
        bytes32 tournament = m.tournament;
        _end(matchId, m, 0, 0, 0, 0);
        _refund(tournament, ELIMINATE_GAS);
    }

    /// @inheritdoc ITournament
    function winByInner(bytes32 matchId, bytes32 left, bytes32 right) external override {
        Match storage m = _requirePhase(matchId, Phase.Inner);
        bytes32 inner = _innerOf(matchId);
        uint40 carried = _carried(inner);
        if (carried == 0) revert ClockExpired(matchId);
        bytes32 tournament = m.tournament;
        uint40 clock = Clocks.afterInner(
            _commitments[tournament][m.one].left,
            _commitments[tournament][m.two].left,
            carried,
            buildTime,
            responseTime
        );
        bytes32 last = _commitments[inner][_tournaments[inner].waiting].last;
        _end(matchId, m, last == m.left ? m.one : m.two, clock, left, right);
        _settle(inner);
        _refund(tournament, INNER_GAS);
    }

    /// @inheritdoc ITournament
    function eliminateInner(bytes32 matchId) external override {
        Match storage m = _requirePhase(matchId, Phase.Inner);
        bytes32 inner = _innerOf(matchId);
        if (_carried(inner) != 0) revert ClockRunning(matchId);
        bytes32 tournament = m.tournament;
        _end(matchId, m, 0, 0, 0, 0);
        Tournament storage t = _tournaments[inner];
        uint256 pool = t.pool;
        (t.pool, t.isSettled) = (0, true);
        burnt += pool;
        emit Settled(inner, 0, address(0), 0, 0, pool);
        _refund(tournament, ELIMINATE_GAS);
    }

    /// @inheritdoc ITournament
    function confirm(bytes32 assertion) external override {
        Assertion memory constants = assertionOf(assertion);
        bytes32 id = _placeOf(constants);
        Tournament storage t = _tournaments[id];
        if (!_isFinished(t) || t.waiting != _rootOf[assertion]) revert NotWon(assertion);
        if (t.isSettled) return;
        _requireParentConfirmed(constants.parent);
        _settle(id);
    }

    /// @inheritdoc ITournament
    function tournamentAt(bytes32 id) external view override returns (Tournament memory) {
        return _tournaments[id];
    }

    /// @inheritdoc ITournament
    function commitmentAt(bytes32 tournament, bytes32 root) external view override returns (Commitment memory) {
        return _commitments[tournament][root];
    }

    /// @inheritdoc ITournament
    function matchAt(bytes32 id) external view override returns (Match memory) {
        return _matches[id];
    }

    /// @inheritdoc IDisputeGame
    /// @param place The assertion's tournament.
    function timerOf(bytes32, bytes32 place) external view override returns (uint40) {
        uint40 start = _tournaments[place].start;
        return start == 0 ? 0 : uint40(block.timestamp) - start;
    }

    /// @inheritdoc ISettlement
    function isChallenged(bytes32 assertion, bytes32 place) external view override returns (bool) {
        Tournament storage t = _tournaments[place];
        return t.joined > 1 || t.isSettled || _commitments[place][_rootOf[assertion]].standing == Standing.Out;
    }

    /// @inheritdoc IDisputeGame
    function heightOf(uint8 level) public view override returns (uint8) {
        if (level == 0) return HEIGHT_0;
        if (level == 1) return HEIGHT_1;
        if (level == 2) return HEIGHT_2;
        revert WrongLevel(level, LAST_LEVEL);
    }

    /// @inheritdoc ITournament
    function bondOf(uint8 level) public view override returns (uint256) {
        if (level == 0) return BOND_0;
        if (level == 1) return BOND_1;
        if (level == 2) return BOND_2;
        revert WrongLevel(level, LAST_LEVEL);
    }

    function _isWon(bytes32 assertion) internal view override returns (bool) {
        Tournament storage t = _tournaments[_placeOf(assertionOf(assertion))];
        return t.isSettled && t.waiting == _rootOf[assertion];
    }

    function _contestOf(Assertion memory assertion) internal view override returns (bool, bool, uint40) {
        bytes32 id = _placeOf(assertion);
        Tournament storage t = _tournaments[id];
        Commitment storage c = _commitments[id][_rootOf[assertion.id]];
        if (c.standing == Standing.Out) return (true, true, c.left);
        return (t.joined > 1, t.isSettled, t.isSettled ? _endOf(t) : 0);
    }

    function _madeOf(bytes32 assertion) internal view override returns (uint40 created, address proposer) {
        Commitment storage c = _commitments[_placeOf(assertionOf(assertion))][_rootOf[assertion]];
        return (c.stamp, c.claimer);
    }

    function _bond() internal view override returns (uint256) {
        return BOND_0;
    }

    function _open(
        bytes32 id,
        bytes32 above,
        uint8 level,
        uint40 allowance,
        bytes32 initial,
        bytes32 inboxHash
    ) private {
        uint40 start = uint40(block.timestamp);
        _tournaments[id] = Tournament(start, allowance, start, level, 0, 0, false, 0, 0, above, initial, inboxHash);
        emit TournamentOpened(id, above, level, allowance, initial);
    }

    /// @param last What the commitment stands for above. @param leaf Last leaf of its history.
    function _join(bytes32 id, bytes32 last, bytes32 leaf, bytes32[] calldata spine) private returns (bytes32 root) {
        Tournament storage t = _tournaments[id];
        uint40 late = uint40(block.timestamp) - t.start;
        if (late >= t.allowance) revert TournamentClosed(id);
        uint256 height = heightOf(t.level);
        if (spine.length != height) revert WrongLength(spine.length, height);
        bytes32 right = Histories.rootByLastLeaf(leaf, spine[:height - 1]);
        bytes32 left = spine[height - 1];
        root = Histories.node(left, right);
        Commitment storage c = _commitments[id][root];
        if (c.standing != Standing.None) revert AlreadyJoined(id, root);
        uint256 bond = bondOf(t.level);
        _debit(bond);
        t.pool += bond;
        ++t.joined;
        (c.claimer, c.stamp, c.left, c.last) = (msg.sender, uint40(block.timestamp), t.allowance - late, last);
        emit Joined(id, root, msg.sender, last, left, right, c.left);
        _pair(id, t, root, left, right);
    }

    /// @dev Pairs a newcomer, or a survivor, with the commitment that waits; or lets it wait.
    function _pair(bytes32 id, Tournament storage t, bytes32 root, bytes32 left, bytes32 right) private {
        bytes32 one = t.waiting;
        if (one == 0) {
            t.waiting = root;
            _commitments[id][root].standing = Standing.Waiting;
            return;
        }
        t.waiting = 0;
        ++t.matches;
        _commitments[id][one].standing = Standing.Playing;
        _commitments[id][root].standing = Standing.Playing;
        // Of two commitments one at least is out after their match: they never meet again.
        bytes32 matchId = keccak256(abi.encode(TAG_MATCH, id, one, root));
        uint40 since = uint40(block.timestamp);
        _matches[matchId] = Match(id, one, root, one, left, right, since, heightOf(t.level), Phase.Bisect, false, 0);
        emit Paired(id, matchId, one, root);
    }

    /// @dev Stops the clock of the side that is to answer, and starts the other's.
    function _answer(bytes32 matchId, Match storage m) private returns (uint40 clock) {
        Commitment storage c = _commitments[m.tournament][m.isTurnOfTwo ? m.two : m.one];
        uint40 used = uint40(block.timestamp) - m.since;
        if (used >= c.left) revert ClockExpired(matchId);
        clock = Clocks.afterAnswer(c.left, used, responseTime);
        c.left = clock;
        m.since = uint40(block.timestamp);
    }

    /// @param left Children of the survivor's root, with which it is paired again.
    function _end(
        bytes32 matchId,
        Match storage m,
        bytes32 survivor,
        uint40 clock,
        bytes32 left,
        bytes32 right
    ) private {
        bytes32 id = m.tournament;
        Tournament storage t = _tournaments[id];
        emit MatchEnded(matchId, survivor, clock, m.phase);
        m.phase = Phase.Over;
        --t.matches;
        t.lastEnd = uint40(block.timestamp);
        if (m.one != survivor) _strike(id, m.one);
        if (m.two != survivor) _strike(id, m.two);
        if (survivor == 0) return;
        _requireNode(left, right, survivor);
        _commitments[id][survivor].left = clock;
        _pair(id, t, survivor, left, right);
    }

    function _strike(bytes32 id, bytes32 root) private {
        Commitment storage c = _commitments[id][root];
        (c.standing, c.left) = (Standing.Out, uint40(block.timestamp));
    }

    /// @dev The winner's first claimer has its bond and a tenth of what is left; nine tenths are burnt, so that nobody gains by losing to
    /// itself.
    function _settle(bytes32 id) private {
        Tournament storage t = _tournaments[id];
        bytes32 winner = t.waiting;
        address claimer = _commitments[id][winner].claimer;
        uint256 pool = t.pool;
        uint256 bond = bondOf(t.level);
        if (bond > pool) bond = pool;
        uint256 prize = (pool - bond) / 10;
        uint256 burnt_ = pool - bond - prize;
        (t.pool, t.isSettled) = (0, true);
        burnt += burnt_;
        _credit(claimer, bond + prize);
        emit Settled(id, winner, claimer, bond, prize, burnt_);
    }

    /// @dev Pays for a move out of the bonds: whoever keeps the tournament going is not the poorer for it.
    function _refund(bytes32 id, uint256 gasUsed) private {
        uint256 price = block.basefee + MOST_TIP;
        if (price > tx.gasprice) price = tx.gasprice;
        if (price > MOST_GAS_PRICE) price = MOST_GAS_PRICE;
        uint256 amount = gasUsed * price;
        Tournament storage t = _tournaments[id];
        if (amount > t.pool) amount = t.pool;
        if (amount == 0) return;
        t.pool -= amount;
        _credit(msg.sender, amount);
        emit Refunded(id, msg.sender, amount);
    }

    /// @dev Reverts unless a clock of the match is over. @return survivor 0 if neither side is left any time.
    function _requireTimeout(bytes32 matchId) private view returns (Match storage m, bytes32 survivor, uint40 clock) {
        m = _matches[matchId];
        if (m.phase != Phase.Bisect && m.phase != Phase.Leaf) revert WrongPhase(matchId, m.phase);
        if (block.timestamp < _expiry(m)) revert ClockRunning(matchId);
        bool isLeft;
        uint40 elapsed = uint40(block.timestamp) - m.since;
        if (m.phase == Phase.Leaf) {
            (isLeft, clock) = _afterWin(m, m.one, elapsed);
            if (isLeft) return (m, m.one, clock);
            (isLeft, clock) = _afterWin(m, m.two, elapsed);
            return (m, isLeft ? m.two : bytes32(0), clock);
        }
        (bytes32 running, bytes32 paused) = m.isTurnOfTwo ? (m.two, m.one) : (m.one, m.two);
        // A side that waits pays for the time by which it claims its win late.
        (isLeft, clock) = _afterWin(m, paused, elapsed - _commitments[m.tournament][running].left);
        survivor = isLeft ? paused : bytes32(0);
    }

    function _afterWin(Match storage m, bytes32 root, uint40 cost) private view returns (bool isLeft, uint40 clock) {
        uint40 left = _commitments[m.tournament][root].left;
        if (cost >= left) return (false, 0);
        return (true, Clocks.afterAnswer(left, cost, responseTime));
    }

    /// @dev When a clock of the match is over.
    function _expiry(Match storage m) private view returns (uint256) {
        uint40 one = _commitments[m.tournament][m.one].left;
        uint40 two = _commitments[m.tournament][m.two].left;
        if (m.phase == Phase.Leaf) return uint256(m.since) + (one < two ? one : two);
        return uint256(m.since) + (m.isTurnOfTwo ? two : one);
    }

    /// @dev Seconds that the winner of an inner tournament has left to be brought up; 0 without a winner, or too late.
    function _carried(bytes32 inner) private view returns (uint40) {
        Tournament storage t = _tournaments[inner];
        if (!_isFinished(t)) revert TournamentRunning(inner);
        if (t.waiting == 0) return 0;
        uint40 elapsed = uint40(block.timestamp) - _endOf(t);
        uint40 left = _commitments[inner][t.waiting].left;
        return elapsed < left ? left - elapsed : 0;
    }

    function _isFinished(Tournament storage t) private view returns (bool) {
        return t.matches == 0 && block.timestamp >= uint256(t.start) + t.allowance;
    }

    function _endOf(Tournament storage t) private view returns (uint40) {
        uint40 closed = t.start + t.allowance;
        return t.lastEnd > closed ? t.lastEnd : closed;
    }

    function _placeOf(Assertion memory assertion) private view returns (bytes32) {
        return Names.assertionPlace(_childOrigin(assertion.parent), HEIGHT_0);
    }

    function _requirePhase(bytes32 matchId, Phase phase) private view returns (Match storage m) {
        m = _matches[matchId];
        if (m.phase != phase) revert WrongPhase(matchId, m.phase);
    }

    /// @dev The state before the leaf. Both sides agree on it: all that is left of the first leaf in which they differ is the same.
    function _requireAgreed(
        uint64 position,
        bytes32 agreed,
        bytes32[] calldata path,
        Tournament storage t,
        bytes32 root
    ) private view {
        if (position == 0) {
            if (path.length != 0) revert WrongLength(path.length, 0);
            if (agreed != t.initial) revert RootMismatch(agreed, t.initial);
            return;
        }
        uint256 height = heightOf(t.level);
        if (path.length != height) revert WrongLength(path.length, height);
        bytes32 actual = Histories.rootByLeaf(agreed, position - 1, path);
        if (actual != root) revert RootMismatch(actual, root);
    }

    function _requireInbox(IOneStepProver.InboxState calldata inbox, bytes32 required) private pure {
        bytes32 actual = Names.inboxHash(inbox);
        if (actual != required) revert InboxMismatch(actual, required);
    }

    function _requireNode(bytes32 left, bytes32 right, bytes32 required) private pure {
        bytes32 actual = Histories.node(left, right);
        if (actual != required) revert ChildrenMismatch(actual, required);
    }

    function _innerOf(bytes32 matchId) private pure returns (bytes32) {
        return keccak256(abi.encode(TAG_TOURNAMENT, matchId));
    }
}
