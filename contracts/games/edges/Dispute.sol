// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "../../interfaces/IDispute.sol";
import {IDisputeGame} from "../../interfaces/IDisputeGame.sol";
import {IOneStepProver} from "../../interfaces/IOneStepProver.sol";
import {Costs} from "./Costs.sol";
import {Histories} from "../shared/Histories.sol";
import {Names} from "../shared/Names.sol";
import {Places} from "./Places.sol";
import {Stakes} from "./Stakes.sol";
import {Timers} from "./Timers.sol";
import {EdgeWord, EdgeWords, MutualWord, MutualWords} from "./Words.sol";

/// @title The moves of the game
/// @dev Abstract: assertions, which are its level-0 root edges, are made by contracts/games/edges/Assertions.sol.
/// SAFETY: a child and a claiming root are created only when their parent is rivalled, so own times along a chain never
/// overlap; all bounds rest on this (docs/threat-model.md#delay).
/// @custom:source docs/spec/06-game.md.
abstract contract Dispute is Stakes {
    /// @dev What the losers to a winner left, while it is paid out.
    struct Purse {
        bytes32 winner;
        uint256 left;
    }

    /// @notice Level whose leaves are single machine steps.
    uint8 internal constant LAST_LEVEL = 2;
    /// @dev Gas of writing a new slot, from below: what follows the moment at which a move's cost is taken.
    uint256 private constant NEW_SLOT_GAS = 20_000;

    uint8 private immutable HEIGHT_0;
    uint8 private immutable HEIGHT_1;
    uint8 private immutable HEIGHT_2;

    /// @inheritdoc IDisputeGame
    uint40 public immutable override challengePeriod;
    /// @inheritdoc IDispute
    uint40 public immutable override responseTime;
    /// @inheritdoc IDispute
    uint40 public immutable override censorshipTime;
    /// @inheritdoc IDisputeGame
    IOneStepProver public immutable override prover;

    mapping(bytes32 => EdgeWord) internal _edges;
    mapping(bytes32 => MutualWord) internal _mutuals;

    constructor(
        uint8[3] memory heights,
        uint40 challengePeriod_,
        uint40 responseTime_,
        uint40 censorshipTime_,
        IOneStepProver prover_
    ) {
        uint256 answers = 3;
        for (uint256 level = 0; level < 3; ++level) {
            if (heights[level] == 0 || heights[level] > 40) revert BadParameter("heights");
            answers += heights[level];
        }
        if (responseTime_ == 0) revert BadParameter("responseTime");
        if (challengePeriod_ <= answers * responseTime_ + censorshipTime_) revert BadParameter("challengePeriod");
        if (challengePeriod_ > type(uint32).max) revert BadParameter("challengePeriod");
        (HEIGHT_0, HEIGHT_1, HEIGHT_2) = (heights[0], heights[1], heights[2]);
        (challengePeriod, responseTime, censorshipTime) = (challengePeriod_, responseTime_, censorshipTime_);
        prover = prover_;
    }

    /// @inheritdoc IDispute
    function bisect(At calldata place, bytes32 left, bytes32 right) external override {
        uint256 gasBefore = gasleft();
        if (place.height == 0) revert NothingToBisect();
        bytes32 mutualId = Places.mutualId(place);
        bytes32 id = Names.edgeId(mutualId, Histories.node(left, right), place.claim);
        _requireEdge(id);
        MutualWord mutual_ = _requireRivalled(mutualId);
        bytes32 rightMutualId = Places.rightMutualId(place, left);
        bytes32 rightId = Names.edgeId(rightMutualId, right, 0);
        // INVARIANT: the right child exists if and only if this very edge was bisected; the left one may be shared.
        if (_edges[rightId].exists()) return;
        bytes32 leftMutualId = Places.leftMutualId(place);
        bytes32 leftId = Names.edgeId(leftMutualId, left, 0);
        // INVARIANT: the right child's place holds an edge if and only if this left child existed before, for both are
        // made together; the left child's place does if a rival here was bisected. So a place is written only when
        // it is rivalled, and a bisection without a rival costs two slots, not four.
        if (_edges[leftId].exists()) {
            _setRivalled(rightMutualId);
        } else {
            _edges[leftId] = EdgeWords.createHalf(Timers.nowSeconds(), msg.sender, 0);
            if (mutual_.isBisected()) _setRivalled(leftMutualId);
            else _mutuals[mutualId] = mutual_.withBisection();
        }
        // The right child's slot tells who bisected this edge; the left child's may be another's.
        (uint8 cost, uint256 amount) = Costs.write(gasBefore - gasleft() + NEW_SLOT_GAS);
        _edges[rightId] = EdgeWords.createHalf(Timers.nowSeconds(), msg.sender, cost);
        emit Bisected(id, left, right, msg.sender, amount);
    }

    /// @inheritdoc IDispute
    function open(
        At calldata place,
        bytes32 leaf,
        Origin calldata origin,
        Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes32 root,
        bytes calldata last,
        bytes32[] calldata spine
    ) external override returns (bytes32 id) {
        uint256 gasBefore = gasleft();
        if (place.level >= LAST_LEVEL) revert WrongLevel(place.level, LAST_LEVEL - 1);
        (bytes32 mutualId, bytes32 leafId) = _requireLeaf(place, leaf);
        _requireRivalled(mutualId);
        _requireAgreed(place, origin, before, inbox);
        uint8 level = place.level + 1;
        _requireLastLeaf(place.level == 0 ? _machineYielding(leaf, last) : _same(leaf, last), spine, level, root);

        bytes32 start = place.level == 0 ? prover.initialState(before.state, inbox) : before.state;
        bytes32 newOrigin = Names.originHash(mutualId, start, origin.inbox);
        bytes32 newMutualId = Names.mutualId(level, newOrigin, heightOf(level), 0, Names.EMPTY_PREFIX);
        id = Names.edgeId(newMutualId, root, leafId);
        if (_edges[id].exists()) return id;
        _takeStake(level);
        uint256 cost = _addStaked(newMutualId, id, gasBefore - gasleft());
        emit Opened(id, leafId, msg.sender, level, root, Origin(mutualId, start, origin.inbox), cost);
    }

    /// @inheritdoc IDispute
    function proveStep(
        At calldata place,
        bytes32 root,
        Origin calldata origin,
        Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness
    ) external override {
        uint256 gasBefore = gasleft();
        if (place.level != LAST_LEVEL) revert WrongLevel(place.level, LAST_LEVEL);
        (, bytes32 id) = _requireLeaf(place, root);
        EdgeWord edge_ = _edges[id];
        if (edge_.status() == Status.Proven) return;
        _requireAgreed(place, origin, before, inbox);
        bytes32 actual = prover.step(before.state, inbox, witness);
        if (actual != root) revert StepMismatch(actual, root);
        (uint8 cost, uint256 amount) = Costs.write(gasBefore - gasleft());
        _edges[id] = edge_.withStatus(Status.Proven).withTimer(Timers.INFINITE).withMaker(msg.sender, cost);
        emit StepProven(id, msg.sender, amount);
    }

    /// @inheritdoc IDispute
    function update(Step[] calldata steps) external override {
        for (uint256 i = 0; i < steps.length; ++i) _update(steps[i]);
    }

    /// @inheritdoc IDispute
    function confirm(At calldata place, bytes32 root) external override {
        bytes32 mutualId = Places.mutualId(place);
        bytes32 id = Names.edgeId(mutualId, root, place.claim);
        EdgeWord edge_ = _requireEdge(id);
        Status status = edge_.status();
        if (status == Status.Confirmed) return;
        if (!edge_.isStaked()) revert NotStaked(id);
        MutualWord mutual_ = _mutuals[mutualId];
        if (mutual_.isDecided()) revert AlreadyDecided(mutualId);
        uint40 timer = Timers.live(edge_, mutual_);
        if (timer < challengePeriod) revert TimerTooLow(timer, challengePeriod);
        if (place.level == 0) _requireParentOfConfirmed(id);

        _edges[id] = edge_.withStatus(Status.Confirmed);
        _mutuals[mutualId] = mutual_.withDecision(Timers.nowSeconds());
        // A stake that has moved stays here: it is the child's from now on, to be returned or slashed there.
        address staker = edge_.maker();
        uint256 stake = edge_.isStakeMoved() ? 0 : _returnStake(place.level, staker);
        emit Confirmed(id, mutualId, staker, stake);
    }

    /// @inheritdoc IDispute
    function slash(At calldata loser, bytes32 loserRoot, At calldata winner, bytes32 winnerRoot) external override {
        bytes32 mutualId = Places.mutualId(loser);
        bytes32 loserId = Names.edgeId(mutualId, loserRoot, loser.claim);
        bytes32 winnerMutualId = Places.mutualId(winner);
        bytes32 winnerId = Names.edgeId(winnerMutualId, winnerRoot, winner.claim);
        if (winnerMutualId != mutualId) revert NotRivals(loserId, winnerId);
        EdgeWord winnerEdge = _requireEdge(winnerId);
        EdgeWord loserEdge = _requireEdge(loserId);
        if (winnerEdge.status() != Status.Confirmed) revert WrongStatus(winnerId, winnerEdge.status());
        if (loserEdge.status() == Status.Slashed) return;
        if (loserEdge.status() != Status.Open) revert WrongStatus(loserId, loserEdge.status());

        _edges[loserId] = loserEdge.withStatus(Status.Slashed);
        // INVARIANT: the stake lies here. Had it come from the parent, the parent, confirmed before any winner here, has kept it back;
        // had it moved to a child, the child, whose parent has lost, can neither be confirmed nor slashed.
        (uint256 reward_, uint256 burnt_) = _forfeitStake(loser.level);
        MutualWord mutual_ = _mutuals[mutualId];
        _mutuals[mutualId] = mutual_.withReward(mutual_.reward() + reward_);
        emit Slashed(loserId, winnerId, loserEdge.maker(), reward_, burnt_);
    }

    /// @inheritdoc IDispute
    function reward(At calldata winner, bytes32 root, Link[] calldata way) external override {
        At memory place = winner;
        bytes32 mutualId = Places.mutualId(winner);
        bytes32 id = Names.edgeId(mutualId, root, winner.claim);
        Purse memory purse = Purse(id, _mutuals[mutualId].reward());
        _requireConfirmed(id);
        _reward(purse, id);
        for (uint256 i = 0; i < way.length; ++i) {
            Link calldata link = way[i];
            if (place.height != 0) {
                bytes32 actual = Histories.node(link.left, link.right);
                if (actual != root) revert RootMismatch(actual, root);
                id = _rewardBisection(purse, place, link);
                root = link.isRight ? link.right : link.left;
            } else {
                if (place.level >= LAST_LEVEL) revert WrongLevel(place.level, LAST_LEVEL - 1);
                ++place.level;
                (place.origin, place.height, place.index) = (link.left, heightOf(place.level), 0);
                (place.prefix, place.claim, root) = (Names.EMPTY_PREFIX, id, link.right);
                id = Names.edgeId(Places.mutualIdOf(place), root, id);
                _requireConfirmed(id);
                _reward(purse, id);
            }
        }
        _mutuals[mutualId] = _mutuals[mutualId].withReward(purse.left);
    }

    /// @inheritdoc IDispute
    function edge(bytes32 id) external view override returns (Edge memory) {
        EdgeWord word = _edges[id];
        address maker = word.maker();
        return
            Edge({
                created: word.created(),
                timer: word.timer(),
                status: word.status(),
                staker: word.isStaked() ? maker : address(0),
                maker: maker,
                stakeMoved: word.isStakeMoved(),
                cost: Costs.read(word.cost())
            });
    }

    /// @inheritdoc IDispute
    function mutual(bytes32 mutualId) external view override returns (Mutual memory) {
        MutualWord word = _mutuals[mutualId];
        return Mutual(word.rivalry(), word.isDecided(), word.rivalledAt(), word.decidedAt());
    }

    /// @inheritdoc IDisputeGame
    function timerOf(bytes32 id, bytes32 mutualId) external view override returns (uint40) {
        return Timers.live(_requireEdge(id), _mutuals[mutualId]);
    }

    /// @inheritdoc IDispute
    function rewardAt(bytes32 mutualId) external view override returns (uint256) {
        return _mutuals[mutualId].reward();
    }

    /// @inheritdoc IDisputeGame
    function heightOf(uint8 level) public view override returns (uint8) {
        if (level == 0) return HEIGHT_0;
        if (level == 1) return HEIGHT_1;
        if (level == 2) return HEIGHT_2;
        revert WrongLevel(level, LAST_LEVEL);
    }

    /// @dev What an assertion needs besides its own time.
    function _requireParentOfConfirmed(bytes32 assertion) internal view virtual;

    /// @dev Adds a root edge that does not exist yet; its stake is taken, or moved, before.
    /// @param gasUsed Of the move so far.
    /// @return amount What the move cost, in wei.
    function _addStaked(bytes32 mutualId, bytes32 id, uint256 gasUsed) internal returns (uint256 amount) {
        MutualWord mutual_ = _mutuals[mutualId];
        if (mutual_.isDecided()) revert AlreadyDecided(mutualId);
        Rivalry rivalry = mutual_.rivalry();
        if (rivalry == Rivalry.None) _mutuals[mutualId] = MutualWords.single();
        else if (rivalry == Rivalry.Single) _mutuals[mutualId] = MutualWords.rivalled(Timers.nowSeconds());
        uint8 cost;
        (cost, amount) = Costs.write(gasUsed + NEW_SLOT_GAS);
        _edges[id] = EdgeWords.createStaked(Timers.nowSeconds(), msg.sender, cost);
    }

    /// @dev Pays for the bisection of the edge at `place`, and for the proof of its left half, if that is a leaf. Then `place` is a half's.
    /// @return id The half that the link names.
    function _rewardBisection(Purse memory purse, At memory place, Link calldata link) private returns (bytes32 id) {
        (place.height, place.index, place.claim) = (place.height - 1, 2 * place.index, 0);
        bytes32 leftId = Names.edgeId(Places.mutualIdOf(place), link.left, 0);
        bytes32 prefix = place.prefix;
        (place.index, place.prefix) = (place.index + 1, Places.chain(prefix, link.left));
        id = Names.edgeId(Places.mutualIdOf(place), link.right, 0);
        _requireEdge(id);
        _reward(purse, id);
        if (link.isRight) return id;
        (place.index, place.prefix) = (place.index - 1, prefix);
        if (place.height == 0) _reward(purse, leftId);
        return leftId;
    }

    /// @dev Pays for the move that made this edge, once, if its whole cost is left.
    function _reward(Purse memory purse, bytes32 id) private {
        EdgeWord word = _edges[id];
        uint256 amount = Costs.read(word.cost());
        if (amount == 0 || amount > purse.left) return;
        purse.left -= amount;
        _edges[id] = word.withoutCost();
        _credit(word.maker(), amount);
        emit Rewarded(purse.winner, id, word.maker(), amount);
    }

    function _requireConfirmed(bytes32 id) private view {
        Status status = _requireEdge(id).status();
        if (status != Status.Confirmed) revert WrongStatus(id, status);
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
        bool isLeaf = step.place.height == 0;
        bytes32 mutualId = Places.mutualId(step.place);
        bytes32 root = isLeaf ? step.first : Histories.node(step.first, step.second);
        bytes32 id = Names.edgeId(mutualId, root, step.place.claim);
        EdgeWord edge_ = _requireEdge(id);
        uint40 below = isLeaf ? _timeOfClaim(step, id) : _timeOfChildren(step);
        uint40 timer = Timers.add(Timers.own(edge_, _mutuals[mutualId]), below);
        if (timer <= edge_.timer()) return;
        _edges[id] = edge_.withTimer(timer);
        emit TimerUpdated(id, timer);
    }

    /// @dev The lesser of both halves: a lie in either spoils the whole.
    function _timeOfChildren(Step calldata step) private view returns (uint40) {
        bytes32 left = Places.leftMutualId(step.place);
        bytes32 right = Places.rightMutualId(step.place, step.first);
        EdgeWord rightEdge = _requireEdge(Names.edgeId(right, step.second, 0));
        EdgeWord leftEdge = _edges[Names.edgeId(left, step.first, 0)];
        return Timers.min(Timers.live(leftEdge, _mutuals[left]), Timers.live(rightEdge, _mutuals[right]));
    }

    /// @dev One root edge that claims the leaf; the best of several counts, because the cache only grows.
    function _timeOfClaim(Step calldata step, bytes32 leafId) private view returns (uint40) {
        uint8 level = step.place.level + 1;
        bytes32 mutualId = Names.mutualId(level, step.origin, heightOf(level), 0, Names.EMPTY_PREFIX);
        EdgeWord claimant = _requireEdge(Names.edgeId(mutualId, step.second, leafId));
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

    function _requireLeaf(At calldata place, bytes32 leaf) private view returns (bytes32 mutualId, bytes32 id) {
        if (place.height != 0) revert WrongHeight(place.height, 0);
        mutualId = Places.mutualId(place);
        id = Names.edgeId(mutualId, leaf, place.claim);
        _requireEdge(id);
    }

    /// @dev The state before a leaf, and the inbox: what all rivals at this leaf agree on.
    function _requireAgreed(
        At calldata place,
        Origin calldata origin,
        Before calldata before,
        IOneStepProver.InboxState calldata inbox
    ) private pure {
        bytes32 originHash = Names.originHash(origin);
        if (originHash != place.origin) revert OriginMismatch(originHash, place.origin);
        bytes32 inboxHash = Names.inboxHash(inbox);
        if (inboxHash != origin.inbox) revert InboxMismatch(inboxHash, origin.inbox);
        if (place.index == 0) {
            if (before.path.length != 0) revert WrongLength(before.path.length, 0);
            if (before.prefix != 0) revert BeforeMismatch(before.prefix, 0);
            if (before.state != origin.start) revert BeforeMismatch(before.state, origin.start);
            return;
        }
        uint256 height = Histories.trailingZeros(place.index);
        if (before.path.length != height) revert WrongLength(before.path.length, height);
        bytes32 sibling = Histories.rootByLastLeaf(before.state, before.path);
        bytes32 prefix = Places.chain(before.prefix, sibling);
        if (prefix != place.prefix) revert BeforeMismatch(prefix, place.prefix);
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
