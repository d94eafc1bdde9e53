// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClaims} from "../../interfaces/IClaims.sol";
import {IDisputeGame} from "../../interfaces/IDisputeGame.sol";
import {IInbox} from "../../interfaces/IInbox.sol";
import {IOneStepProver} from "../../interfaces/IOneStepProver.sol";
import {ISettlement} from "../../interfaces/ISettlement.sol";
import {AssertionGames} from "../../settlement/AssertionGames.sol";
import {Settlement} from "../../settlement/Settlement.sol";
import {Balances} from "../shared/Balances.sol";
import {Names} from "../shared/Names.sol";
import {Positions} from "./Positions.sol";

/// @title The moves of the game of claims
/// @dev INVARIANT: the contract's ether is all balances and the bonds of claims that are not resolved.
/// NOTE: differs from its source where our settlement does: bonds come from balances and go back there without a delay, nobody can stop
/// or refund a game, a resolved answer tells its parent at once (no list of children to page through), and the end of a run is read from
/// the machine itself instead of a status byte.
/// @custom:source docs/spec/16-claims.md.
abstract contract Claims is Balances, AssertionGames, IClaims {
    using Positions for uint64;

    /// @notice Arguments of the constructor.
    /// @param heights Of levels 0, 1, 2, 1 to 40 each, 61 together at most. Level 0 is bisected down to the split depth, the machine
    /// hashes of a run (levels 1 and 2 as one history) from one below it on.
    /// @param bond Of depth 0, in wei; not 0.
    /// @param bondGrowth By which each depth multiplies it, in 1e18; 1e18 to 2e18.
    /// @param maxClock Seconds of each side on one path.
    /// @param clockExtension Seconds that a move leaves its side at least: twice that above the split.
    /// @param stepTime Seconds more above the bottom.
    struct Parameters {
        uint8[3] heights;
        uint256 bond;
        uint256 bondGrowth;
        uint40 maxClock;
        uint40 clockExtension;
        uint40 stepTime;
        bytes32 genesisOutputRoot;
        IInbox inbox;
        IOneStepProver prover;
    }

    /// @dev Three slots. `leftmost` is the answer that stands left-most so far; 0 for none, since the root answers nothing.
    struct Node {
        bytes32 value;
        address claimant;
        uint40 stamp;
        uint40 used;
        bool isResolved;
        uint64 position;
        uint32 parent;
        uint32 unresolved;
        uint32 leftmost;
    }

    enum Outcome {
        Open,
        Countered,
        Stands,
        Confirmed
    }

    /// @dev What became of an assertion's root claim, and when.
    struct Ruling {
        Outcome outcome;
        uint40 ruledAt;
    }

    uint32 private constant CLAIMS = 101;
    uint256 private constant ONE = 1e18;
    bytes32 private constant TAG_CLAIM = keccak256("solvent.claim");

    uint8 private immutable HEIGHT_0;
    uint8 private immutable HEIGHT_1;
    uint8 private immutable HEIGHT_2;
    /// @dev Depth of single machine steps.
    uint256 private immutable BOTTOM;
    uint256 private immutable BOND;
    uint256 private immutable BOND_GROWTH;

    /// @inheritdoc IDisputeGame
    uint40 public immutable override challengePeriod;
    /// @inheritdoc IClaims
    uint40 public immutable override clockExtension;
    /// @inheritdoc IClaims
    uint40 public immutable override stepTime;
    /// @inheritdoc IDisputeGame
    IOneStepProver public immutable override prover;

    mapping(bytes32 assertion => Node[]) private _claims;
    mapping(bytes32 key => bool) private _exists;
    /// @dev Who disproved a claim at the bottom.
    mapping(bytes32 assertion => mapping(uint256 index => address)) private _steppers;
    mapping(bytes32 assertion => Ruling) private _rulings;
    /// @dev When a place got its winner.
    mapping(bytes32 place => uint40) private _decidedAt;

    constructor(Parameters memory p) Settlement(p.genesisOutputRoot, p.inbox, p.prover, CLAIMS) {
        uint256 sum = 0;
        for (uint256 level = 0; level < 3; ++level) {
            if (p.heights[level] == 0 || p.heights[level] > 40) revert BadParameter("heights");
            sum += p.heights[level];
        }
        if (sum > 61) revert BadParameter("heights");
        if (p.bond == 0 || p.bond > type(uint96).max) revert BadParameter("bond");
        if (p.bondGrowth < ONE || p.bondGrowth > 2 * ONE) revert BadParameter("bondGrowth");
        if (p.maxClock == 0 || p.maxClock > type(uint32).max) revert BadParameter("maxClock");
        if (p.clockExtension == 0 || 2 * uint256(p.clockExtension) > p.maxClock) revert BadParameter("clockExtension");
        if (uint256(p.clockExtension) + p.stepTime > p.maxClock) revert BadParameter("stepTime");
        (HEIGHT_0, HEIGHT_1, HEIGHT_2) = (p.heights[0], p.heights[1], p.heights[2]);
        BOTTOM = sum + 1;
        (BOND, BOND_GROWTH) = (p.bond, p.bondGrowth);
        (challengePeriod, clockExtension, stepTime) = (p.maxClock, p.clockExtension, p.stepTime);
        prover = p.prover;
    }

    /// @inheritdoc IClaims
    function assertState(
        Origin calldata origin,
        OutputPreimage calldata output
    ) external override returns (bytes32 id) {
        bytes32 originHash = _requireOrigin(origin);
        (bytes32 outputRoot, uint64 number) = _decodeOutput(output);
        id = Names.assertionId(Names.assertionPlace(originHash, HEIGHT_0), outputRoot);
        if (_claims[id].length != 0) return id;
        _push(id, 0, Positions.ROOT, outputRoot, 0, 0);
        _register(id, origin, outputRoot, outputRoot, number, 0);
    }

    /// @inheritdoc IClaims
    function attack(
        bytes32 assertion,
        uint256 parent,
        bytes32 disputed,
        bytes32 value,
        bytes calldata last
    ) external override {
        _move(assertion, parent, disputed, value, last, true);
    }

    /// @inheritdoc IClaims
    function defend(
        bytes32 assertion,
        uint256 parent,
        bytes32 disputed,
        bytes32 value,
        bytes calldata last
    ) external override {
        _move(assertion, parent, disputed, value, last, false);
    }

    /// @inheritdoc IClaims
    function step(
        bytes32 assertion,
        uint256 index,
        bool isAttack,
        Origin calldata origin,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness
    ) external override {
        Node storage claim = _nodeAt(assertion, index);
        uint64 position = claim.position;
        uint256 depth = position.depthOf();
        if (depth != BOTTOM) revert WrongDepth(depth, BOTTOM);
        _requireTime(assertion, claim);
        if (_steppers[assertion][index] != address(0)) revert AlreadyCountered(index);
        _requireAgreed(assertion, origin, inbox);

        uint256 leaf = position.leafOf(BOTTOM, HEIGHT_0 + 1, BOTTOM);
        bytes32 before = claim.value;
        uint256 afterIndex = index;
        if (!isAttack) afterIndex = _claimAbove(assertion, index, leaf + 1, false);
        else if (leaf != 0) before = _claims[assertion][_claimAbove(assertion, index, leaf - 1, false)].value;
        else before = prover.initialState(_startOutput(assertion, index, origin.start), inbox);
        bytes32 afterHash = prover.step(before, inbox, witness);

        Node storage next = _claims[assertion][afterIndex];
        // Whoever makes the step denies claims of one parity of depth and stands for the others.
        bool isDenied = (BOTTOM - next.position.depthOf()) & 1 == 0;
        if (isDenied == (afterHash == next.value)) revert ValidStep(afterHash);
        _steppers[assertion][index] = msg.sender;
        emit StepPlayed(assertion, index, msg.sender);
    }

    /// @inheritdoc IClaims
    function resolveClaim(bytes32 assertion, uint256 index) external override {
        Node storage claim = _nodeAt(assertion, index);
        if (claim.isResolved) revert AlreadyResolved(index);
        uint256 used = _usedAgainst(assertion, claim);
        if (used < challengePeriod) revert ClockRunning(used, challengePeriod);
        if (claim.unresolved != 0) revert AnswersUnresolved(claim.unresolved);

        claim.isResolved = true;
        address winner = _counteredBy(assertion, index, claim);
        if (index == 0) {
            Outcome outcome = winner == address(0) ? Outcome.Stands : Outcome.Countered;
            _rulings[assertion] = Ruling(outcome, uint40(block.timestamp));
        } else {
            Node storage parent = _claims[assertion][claim.parent];
            --parent.unresolved;
            if (winner == address(0) && _isLeftOf(assertion, index, parent.leftmost)) parent.leftmost = uint32(index);
        }
        uint256 bond = bondOf(claim.position.depthOf());
        address payee = winner == address(0) ? claim.claimant : winner;
        _credit(payee, bond);
        emit ClaimResolved(assertion, index, payee, bond);
    }

    /// @inheritdoc IClaims
    function confirm(bytes32 assertion) external override {
        Ruling memory ruling = _rulings[assertion];
        if (ruling.outcome == Outcome.Confirmed) return;
        bytes32 parent = assertionOf(assertion).parent;
        bytes32 place = Names.assertionPlace(_childOrigin(parent), HEIGHT_0);
        if (ruling.outcome != Outcome.Stands || _decidedAt[place] != 0) revert NotWon(assertion);
        _requireParentConfirmed(parent);
        _rulings[assertion] = Ruling(Outcome.Confirmed, uint40(block.timestamp));
        _decidedAt[place] = uint40(block.timestamp);
        emit Confirmed(assertion);
    }

    /// @inheritdoc IClaims
    function claimAt(bytes32 assertion, uint256 index) external view override returns (Claim memory) {
        Node storage claim = _nodeAt(assertion, index);
        return
            Claim({
                value: claim.value,
                position: claim.position,
                parent: claim.parent,
                unresolved: claim.unresolved,
                claimant: claim.claimant,
                stamp: claim.stamp,
                used: claim.used,
                isResolved: claim.isResolved,
                counteredBy: _counteredBy(assertion, index, claim)
            });
    }

    /// @inheritdoc IClaims
    function claimCount(bytes32 assertion) external view override returns (uint256) {
        return _claims[assertion].length;
    }

    /// @inheritdoc IDisputeGame
    function timerOf(bytes32 id, bytes32) external view override returns (uint40) {
        return uint40(_usedAgainst(id, _nodeAt(id, 0)));
    }

    /// @inheritdoc ISettlement
    function isChallenged(bytes32 assertion, bytes32 place) external view override returns (bool) {
        return _claims[assertion].length > 1 || _decidedAt[place] != 0 || _isCountered(assertion);
    }

    /// @inheritdoc IDisputeGame
    function heightOf(uint8 level) external view override returns (uint8) {
        if (level == 0) return HEIGHT_0;
        if (level == 1) return HEIGHT_1;
        if (level == 2) return HEIGHT_2;
        revert WrongLevel(level, 2);
    }

    /// @inheritdoc IClaims
    function bondOf(uint256 depth) public view override returns (uint256 bond) {
        bond = BOND;
        uint256 power = BOND_GROWTH;
        for (; depth != 0; depth >>= 1) {
            if (depth & 1 == 1) bond = (bond * power) / ONE;
            power = (power * power) / ONE;
        }
    }

    function _isWon(bytes32 assertion) internal view override returns (bool) {
        return _rulings[assertion].outcome == Outcome.Confirmed;
    }

    /// @dev Rivals of an assertion do not contest it: each has a game of its own.
    function _contestOf(
        Assertion memory assertion
    ) internal view override returns (bool isRivalled, bool isDecided, uint40 decidedAt) {
        decidedAt = _decidedAt[Names.assertionPlace(_childOrigin(assertion.parent), HEIGHT_0)];
        if (_isCountered(assertion.id)) decidedAt = _rulings[assertion.id].ruledAt;
        return (_claims[assertion.id].length > 1, decidedAt != 0, decidedAt);
    }

    function _madeOf(bytes32 assertion) internal view override returns (uint40 created, address proposer) {
        Node storage root = _claims[assertion][0];
        return (root.stamp, root.claimant);
    }

    function _bond() internal view override returns (uint256) {
        return BOND;
    }

    function _move(
        bytes32 assertion,
        uint256 parent,
        bytes32 disputed,
        bytes32 value,
        bytes calldata last,
        bool isAttack
    ) private {
        Node storage above = _nodeAt(assertion, parent);
        if (above.value != disputed) revert OtherClaim(above.value, disputed);
        uint64 position = above.position;
        uint256 depth = position.depthOf() + 1;
        uint256 split = HEIGHT_0;
        if (depth > BOTTOM) revert WrongDepth(depth, BOTTOM);
        if (!isAttack && (depth == 1 || depth == split + 2)) revert CannotDefend(position);
        if (depth == split + 1)
            _requireEnd(assertion, parent, position.indexOf(split) + (isAttack ? 0 : 1), value, last);
        else if (last.length != 0) revert WrongLength(last.length, 0);
        uint256 used = _requireTime(assertion, above);
        // What is left at least is for the answer to the answer.
        uint256 extension = clockExtension;
        if (depth == BOTTOM - 1) extension += stepTime;
        else if (depth == split - 1) extension *= 2;
        if (used > challengePeriod - extension) used = challengePeriod - extension;
        ++above.unresolved;
        _push(assertion, parent, position.answerTo(isAttack), value, uint40(used), depth);
    }

    function _push(
        bytes32 assertion,
        uint256 parent,
        uint64 position,
        bytes32 value,
        uint40 used,
        uint256 depth
    ) private {
        bytes32 key = keccak256(abi.encode(TAG_CLAIM, assertion, parent, position, value));
        if (_exists[key]) revert ClaimExists(assertion, parent, value);
        _exists[key] = true;
        _debit(bondOf(depth));
        uint40 stamp = uint40(block.timestamp);
        _claims[assertion].push(Node(value, msg.sender, stamp, used, false, position, uint32(parent), 0, 0));
        if (depth == 0) return;
        uint256 index = _claims[assertion].length - 1;
        emit ClaimMade(assertion, index, msg.sender, parent, position, value, used);
    }

    /// @dev The first claim about a run says with which machine it ends. Whoever denies the disputed output must show another result,
    /// whoever stands for it that very one: the same parity of depth as at every other move.
    function _requireEnd(
        bytes32 assertion,
        uint256 parent,
        uint256 run,
        bytes32 value,
        bytes calldata last
    ) private view {
        Node storage disputed = _claims[assertion][_claimAbove(assertion, parent, run, true)];
        (bytes32 machine, bytes32 outcome) = prover.result(last);
        if (machine != value) revert ResultMismatch(machine, value);
        bool isDenied = (HEIGHT_0 - disputed.position.depthOf()) & 1 == 0;
        if (isDenied == (outcome == disputed.value)) revert WrongEnd(outcome, disputed.value);
    }

    function _requireAgreed(
        bytes32 assertion,
        Origin calldata origin,
        IOneStepProver.InboxState calldata inbox
    ) private view {
        bytes32 originHash = Names.originHash(origin);
        bytes32 required = _childOrigin(assertionOf(assertion).parent);
        if (originHash != required) revert OriginMismatch(originHash, required);
        bytes32 inboxHash = Names.inboxHash(inbox);
        if (inboxHash != origin.inbox) revert InboxMismatch(inboxHash, origin.inbox);
    }

    /// @return used Seconds that the side of whoever answers this claim has used on its path.
    function _requireTime(bytes32 assertion, Node storage claim) private view returns (uint256 used) {
        used = _usedAgainst(assertion, claim);
        if (used >= challengePeriod) revert ClockExpired(used, challengePeriod);
    }

    /// @dev The clock is taken over from the grandparent of the answer: the claim that this one answers.
    function _usedAgainst(bytes32 assertion, Node storage claim) private view returns (uint256 used) {
        used = block.timestamp - claim.stamp;
        if (claim.position != Positions.ROOT) used += _claims[assertion][claim.parent].used;
    }

    /// @dev The claim on this path, itself included, about that leaf: of level 0, or of the run's own history. There is one wherever it
    /// is asked for: what an answer disputes is bounded by claims above it on both sides.
    function _claimAbove(
        bytes32 assertion,
        uint256 from,
        uint256 leaf,
        bool isOutput
    ) private view returns (uint256 index) {
        (uint256 top, uint256 bottom) = isOutput ? (0, uint256(HEIGHT_0)) : (uint256(HEIGHT_0) + 1, BOTTOM);
        for (index = from; ; index = _claims[assertion][index].parent) {
            uint64 position = _claims[assertion][index].position;
            uint256 depth = position.depthOf();
            if (depth >= top && depth <= bottom && position.leafOf(depth, top, bottom) == leaf) return index;
            if (position == Positions.ROOT) revert ClaimNotFound(assertion, leaf);
        }
    }

    /// @dev Output root from which the run begins that a claim at the bottom is about.
    function _startOutput(bytes32 assertion, uint256 index, bytes32 start) private view returns (bytes32) {
        uint256 run = _claims[assertion][index].position.indexOf(BOTTOM) >> (BOTTOM - HEIGHT_0);
        return run == 0 ? start : _claims[assertion][_claimAbove(assertion, index, run - 1, true)].value;
    }

    function _counteredBy(bytes32 assertion, uint256 index, Node storage claim) private view returns (address) {
        uint256 leftmost = claim.leftmost;
        return leftmost == 0 ? _steppers[assertion][index] : _claims[assertion][leftmost].claimant;
    }

    /// @dev Of two at one position the older one counts.
    function _isLeftOf(bytes32 assertion, uint256 index, uint256 other) private view returns (bool) {
        if (other == 0) return true;
        uint64 position = _claims[assertion][index].position;
        uint64 known = _claims[assertion][other].position;
        return position < known || (position == known && index < other);
    }

    function _isCountered(bytes32 assertion) private view returns (bool) {
        return _rulings[assertion].outcome == Outcome.Countered;
    }

    function _nodeAt(bytes32 assertion, uint256 index) private view returns (Node storage) {
        if (index >= _claims[assertion].length) revert ClaimNotFound(assertion, index);
        return _claims[assertion][index];
    }
}
