// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "../interfaces/IDispute.sol";
import {IOneStepProver} from "../interfaces/IOneStepProver.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Histories} from "./Histories.sol";
import {Places} from "./Places.sol";
import {Stakes} from "./Stakes.sol";
import {Timers} from "./Timers.sol";
import {EdgeWord, EdgeWords, MutualWord, MutualWords} from "./Words.sol";

/// @title The moves of the game
/// @dev Abstract: assertions, which are its level-0 root edges, are made by contracts/queue.
/// SAFETY: a child and a claiming root are created only when their parent is rivalled, so own times along a chain never
/// overlap; all bounds rest on this (docs/threat-model.md#delay).
/// @custom:source docs/spec/06-game.md.
abstract contract Dispute is Stakes {
    /// @notice Level whose leaves are single machine steps.
    uint8 internal constant LAST_LEVEL = 2;

    uint8 private immutable HEIGHT_0;
    uint8 private immutable HEIGHT_1;
    uint8 private immutable HEIGHT_2;

    /// @inheritdoc IDispute
    uint40 public immutable override challengePeriod;
    /// @inheritdoc IDispute
    IOneStepProver public immutable override prover;

    mapping(bytes32 => EdgeWord) internal _edges;
    mapping(bytes32 => MutualWord) internal _mutuals;

    /// @param responseTime Seconds in which an honest party answers; what it adds for censorship is the deployer's.
    constructor(uint8[3] memory heights, uint40 challengePeriod_, uint40 responseTime, IOneStepProver prover_) {
        uint256 answers = 3;
        for (uint256 level = 0; level < 3; ++level) {
            if (heights[level] == 0 || heights[level] > 40) revert BadParameter("heights");
            answers += heights[level];
        }
        if (responseTime == 0) revert BadParameter("responseTime");
        if (challengePeriod_ <= answers * responseTime) revert BadParameter("challengePeriod");
        if (challengePeriod_ > type(uint32).max) revert BadParameter("challengePeriod");
        if (address(prover_).code.length == 0) revert BadParameter("prover");
        (HEIGHT_0, HEIGHT_1, HEIGHT_2) = (heights[0], heights[1], heights[2]);
        challengePeriod = challengePeriod_;
        prover = prover_;
    }

    /// @inheritdoc IDispute
    function bisect(At calldata at, bytes32 left, bytes32 right) external override {
        if (at.height == 0) revert NothingToBisect();
        bytes32 mutualId = Places.mutualId(at);
        bytes32 id = Places.edgeId(mutualId, Histories.node(left, right), at.claim);
        _requireEdge(id);
        MutualWord mutual_ = _requireRivalled(mutualId);
        bytes32 rightMutualId = Places.rightMutualId(at, left);
        bytes32 rightId = Places.edgeId(rightMutualId, right, 0);
        // INVARIANT: the right child exists if and only if this very edge was bisected; the left one may be shared.
        if (_edges[rightId].exists()) return;
        bytes32 leftMutualId = Places.leftMutualId(at);
        bytes32 leftId = Places.edgeId(leftMutualId, left, 0);
        EdgeWord child = EdgeWords.create(Timers.nowSeconds(), address(0));
        // INVARIANT: the right child's place holds an edge if and only if this left child existed before, for both are
        // made together; the left child's place does if a rival here was bisected. So a place is written only when
        // it is rivalled, and a bisection without a rival costs two slots, not four.
        if (_edges[leftId].exists()) {
            _setRivalled(rightMutualId);
        } else {
            _edges[leftId] = child;
            if (mutual_.isBisected()) _setRivalled(leftMutualId);
            else _mutuals[mutualId] = mutual_.withBisection();
        }
        _edges[rightId] = child;
        emit Bisected(id, left, right);
    }

    /// @inheritdoc IDispute
    function open(
        At calldata at,
        bytes32 leaf,
        Origin calldata origin,
        Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes32 root,
        bytes calldata last,
        bytes32[] calldata spine
    ) external override returns (bytes32 id) {
        if (at.level >= LAST_LEVEL) revert WrongLevel(at.level, LAST_LEVEL - 1);
        (bytes32 mutualId, bytes32 leafId) = _requireLeaf(at, leaf);
        _requireRivalled(mutualId);
        _requireAgreed(at, origin, before, inbox);
        uint8 level = at.level + 1;
        _requireLastLeaf(at.level == 0 ? _machineYielding(leaf, last) : _same(leaf, last), spine, level, root);

        bytes32 start = at.level == 0 ? prover.initialState(before.state, inbox) : before.state;
        bytes32 newOrigin = Places.originHash(mutualId, start, origin.inbox);
        bytes32 newMutualId = Places.mutualId(level, newOrigin, heightOf(level), 0, Places.EMPTY_PREFIX);
        id = Places.edgeId(newMutualId, root, leafId);
        if (!_addStaked(newMutualId, id, level)) return id;
        emit Opened(id, leafId, msg.sender, level, root, Origin(mutualId, start, origin.inbox));
    }

    /// @inheritdoc IDispute
    function proveStep(
        At calldata at,
        bytes32 root,
        Origin calldata origin,
        Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness
    ) external override {
        if (at.level != LAST_LEVEL) revert WrongLevel(at.level, LAST_LEVEL);
        (, bytes32 id) = _requireLeaf(at, root);
        EdgeWord edge_ = _edges[id];
        if (edge_.status() == Status.Proven) return;
        _requireAgreed(at, origin, before, inbox);
        bytes32 actual = prover.step(before.state, inbox, witness);
        if (actual != root) revert StepMismatch(actual, root);
        _edges[id] = edge_.withStatus(Status.Proven).withTimer(Timers.INFINITE);
        emit StepProven(id);
    }

    /// @inheritdoc IDispute
    function update(Step[] calldata steps) external override {
        for (uint256 i = 0; i < steps.length; ++i) _update(steps[i]);
    }

    /// @inheritdoc IDispute
    function confirm(At calldata at, bytes32 root) external override {
        bytes32 mutualId = Places.mutualId(at);
        bytes32 id = Places.edgeId(mutualId, root, at.claim);
        EdgeWord edge_ = _requireEdge(id);
        Status status = edge_.status();
        if (status == Status.Confirmed) return;
        address staker = edge_.staker();
        if (staker == address(0)) revert NotStaked(id);
        MutualWord mutual_ = _mutuals[mutualId];
        if (mutual_.isDecided()) revert AlreadyDecided(mutualId);
        uint40 timer = Timers.live(edge_, mutual_);
        if (timer < challengePeriod) revert TimerTooLow(timer, challengePeriod);
        if (at.level == 0) _requireParentConfirmed(id);

        _edges[id] = edge_.withStatus(Status.Confirmed);
        _mutuals[mutualId] = mutual_.withDecision(Timers.nowSeconds());
        emit Confirmed(id, mutualId, staker, _returnStake(at.level, staker));
    }

    /// @inheritdoc IDispute
    function slash(At calldata loser, bytes32 loserRoot, At calldata winner, bytes32 winnerRoot) external override {
        bytes32 mutualId = Places.mutualId(loser);
        bytes32 loserId = Places.edgeId(mutualId, loserRoot, loser.claim);
        bytes32 winnerMutualId = Places.mutualId(winner);
        bytes32 winnerId = Places.edgeId(winnerMutualId, winnerRoot, winner.claim);
        if (winnerMutualId != mutualId) revert NotRivals(loserId, winnerId);
        EdgeWord winnerEdge = _requireEdge(winnerId);
        EdgeWord loserEdge = _requireEdge(loserId);
        if (winnerEdge.status() != Status.Confirmed) revert WrongStatus(winnerId, winnerEdge.status());
        if (loserEdge.status() == Status.Slashed) return;
        if (loserEdge.status() != Status.Open) revert WrongStatus(loserId, loserEdge.status());

        _edges[loserId] = loserEdge.withStatus(Status.Slashed);
        (uint256 reward, uint256 burnt_) = _forfeitStake(loser.level, winnerEdge.staker());
        emit Slashed(loserId, winnerId, loserEdge.staker(), reward, burnt_);
    }

    /// @inheritdoc IDispute
    function multicall(bytes[] calldata data) external override returns (bytes[] memory results) {
        results = new bytes[](data.length);
        for (uint256 i = 0; i < data.length; ++i) results[i] = Address.functionDelegateCall(address(this), data[i]);
    }

    /// @inheritdoc IDispute
    function edge(bytes32 id) external view override returns (Edge memory) {
        EdgeWord word = _edges[id];
        return Edge(word.created(), word.timer(), word.status(), word.staker());
    }

    /// @inheritdoc IDispute
    function mutual(bytes32 mutualId) external view override returns (Mutual memory) {
        MutualWord word = _mutuals[mutualId];
        return Mutual(word.rivalry(), word.isDecided(), word.rivalledAt(), word.decidedAt());
    }

    /// @inheritdoc IDispute
    function timerOf(bytes32 id, bytes32 mutualId) external view override returns (uint40) {
        return Timers.live(_requireEdge(id), _mutuals[mutualId]);
    }

    /// @inheritdoc IDispute
    function heightOf(uint8 level) public view override returns (uint8) {
        if (level == 0) return HEIGHT_0;
        if (level == 1) return HEIGHT_1;
        if (level == 2) return HEIGHT_2;
        revert WrongLevel(level, LAST_LEVEL);
    }

    /// @dev What an assertion needs besides its own time.
    function _requireParentConfirmed(bytes32 assertion) internal view virtual;

    /// @dev Adds a root edge and takes its stake from the caller; nothing is taken where it exists already.
    /// @return added False, and nothing changed, where the edge exists already.
    function _addStaked(bytes32 mutualId, bytes32 id, uint8 level) internal returns (bool added) {
        if (_edges[id].exists()) return false;
        MutualWord mutual_ = _mutuals[mutualId];
        if (mutual_.isDecided()) revert AlreadyDecided(mutualId);
        _takeStake(level);
        Rivalry rivalry = mutual_.rivalry();
        if (rivalry == Rivalry.None) _mutuals[mutualId] = MutualWords.single();
        else if (rivalry == Rivalry.Single) _mutuals[mutualId] = MutualWords.rivalled(Timers.nowSeconds());
        _edges[id] = EdgeWords.create(Timers.nowSeconds(), msg.sender);
        return true;
    }

    /// @dev A second edge, or a later one, stands at the place of a child from now on.
    function _setRivalled(bytes32 mutualId) private {
        if (!_mutuals[mutualId].isRivalled()) _mutuals[mutualId] = MutualWords.rivalled(Timers.nowSeconds());
    }

    function _requireLastLeaf(bytes32 leaf, bytes32[] calldata spine, uint8 level, bytes32 root) internal view {
        if (spine.length != heightOf(level)) revert WrongLength(spine.length, heightOf(level));
        bytes32 actual = Histories.rootByLastLeaf(leaf, spine);
        if (actual != root) revert RootMismatch(actual, root);
    }

    function _update(Step calldata step) private {
        bool isLeaf = step.at.height == 0;
        bytes32 mutualId = Places.mutualId(step.at);
        bytes32 root = isLeaf ? step.first : Histories.node(step.first, step.second);
        bytes32 id = Places.edgeId(mutualId, root, step.at.claim);
        EdgeWord edge_ = _requireEdge(id);
        uint40 below = isLeaf ? _timeOfClaim(step, id) : _timeOfChildren(step);
        uint40 timer = Timers.add(Timers.own(edge_, _mutuals[mutualId]), below);
        if (timer <= edge_.timer()) return;
        _edges[id] = edge_.withTimer(timer);
        emit TimerUpdated(id, timer);
    }

    /// @dev The lesser of both halves: a lie in either spoils the whole.
    function _timeOfChildren(Step calldata step) private view returns (uint40) {
        bytes32 left = Places.leftMutualId(step.at);
        bytes32 right = Places.rightMutualId(step.at, step.first);
        EdgeWord rightEdge = _requireEdge(Places.edgeId(right, step.second, 0));
        EdgeWord leftEdge = _edges[Places.edgeId(left, step.first, 0)];
        return Timers.min(Timers.live(leftEdge, _mutuals[left]), Timers.live(rightEdge, _mutuals[right]));
    }

    /// @dev One root edge that claims the leaf; the best of several counts, because the cache only grows.
    function _timeOfClaim(Step calldata step, bytes32 leafId) private view returns (uint40) {
        uint8 level = step.at.level + 1;
        bytes32 mutualId = Places.mutualId(level, step.origin, heightOf(level), 0, Places.EMPTY_PREFIX);
        EdgeWord claimant = _requireEdge(Places.edgeId(mutualId, step.second, leafId));
        return Timers.live(claimant, _mutuals[mutualId]);
    }

    function _requireEdge(bytes32 id) private view returns (EdgeWord word) {
        word = _edges[id];
        if (!word.exists()) revert EdgeNotFound(id);
    }

    function _requireRivalled(bytes32 mutualId) private view returns (MutualWord word) {
        word = _mutuals[mutualId];
        if (!word.isRivalled()) revert NotRivalled(mutualId);
    }

    function _requireLeaf(At calldata at, bytes32 leaf) private view returns (bytes32 mutualId, bytes32 id) {
        if (at.height != 0) revert WrongHeight(at.height, 0);
        mutualId = Places.mutualId(at);
        id = Places.edgeId(mutualId, leaf, at.claim);
        _requireEdge(id);
    }

    /// @dev The state before a leaf, and the inbox: what all rivals at this leaf agree on.
    function _requireAgreed(
        At calldata at,
        Origin calldata origin,
        Before calldata before,
        IOneStepProver.InboxState calldata inbox
    ) private pure {
        bytes32 originHash = Places.originHash(origin);
        if (originHash != at.origin) revert OriginMismatch(originHash, at.origin);
        bytes32 inboxHash = Places.inboxHash(inbox);
        if (inboxHash != origin.inbox) revert InboxMismatch(inboxHash, origin.inbox);
        if (at.index == 0) {
            if (before.path.length != 0) revert WrongLength(before.path.length, 0);
            if (before.prefix != 0) revert BeforeMismatch(before.prefix, 0);
            if (before.state != origin.start) revert BeforeMismatch(before.state, origin.start);
            return;
        }
        uint256 height = Histories.trailingZeros(at.index);
        if (before.path.length != height) revert WrongLength(before.path.length, height);
        bytes32 sibling = Histories.rootByLastLeaf(before.state, before.path);
        bytes32 prefix = Places.chain(before.prefix, sibling);
        if (prefix != at.prefix) revert BeforeMismatch(prefix, at.prefix);
    }

    function _machineYielding(bytes32 outputRoot, bytes calldata machine) private view returns (bytes32 machineHash) {
        bytes32 actual;
        (machineHash, actual) = prover.result(machine);
        if (actual != outputRoot) revert ResultMismatch(actual, outputRoot);
    }

    function _same(bytes32 leaf, bytes calldata last) private pure returns (bytes32) {
        if (last.length != 0) revert WrongLength(last.length, 0);
        return leaf;
    }
}
