// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "../../interfaces/IDispute.sol";
import {IDisputeGame} from "../../interfaces/IDisputeGame.sol";
import {IOneStepProver} from "../../interfaces/IOneStepProver.sol";
import {IWide} from "../../interfaces/IWide.sol";
import {Costs} from "../edges/Costs.sol";
import {Places} from "../edges/Places.sol";
import {Timers} from "../edges/Timers.sol";
import {EdgeWord, EdgeWords, MutualWord, MutualWords} from "../edges/Words.sol";
import {Balances} from "../shared/Balances.sol";
import {Histories} from "../shared/Histories.sol";
import {Names} from "../shared/Names.sol";
import {Quads} from "./Quads.sol";

/// @title The moves of the game whose edges have four quarters
/// @dev Abstract: root edges of level 0 are made by who derives from it.
/// SAFETY: an edge is split, or claimed by a root edge, only after its place was marked, and never earns from the mark on. So own
/// times along a chain do not overlap, whoever marks and whenever; all bounds rest on this (docs/spec/21-wide.md#sketch).
/// @custom:source docs/spec/21-wide.md.
abstract contract Wide is Balances, IWide {
    /// @notice Arguments of the constructor.
    /// @param heights Digits in base four of the leaves' numbers, levels 0, 1, 2; 1 to 20 each.
    /// @param stakes Of root edges of levels 0, 1, 2, in wei; not 0.
    /// @param challengePeriod Seconds that win; more than (H0 + H1 + H2 + 3) * responseTime + censorshipTime.
    /// @param responseTime Seconds in which an honest party answers.
    /// @param censorshipTime Seconds of censorship to survive.
    struct Parameters {
        uint8[3] heights;
        uint256[3] stakes;
        uint40 challengePeriod;
        uint40 responseTime;
        uint40 censorshipTime;
        IOneStepProver prover;
    }

    /// @dev What the losers to a winner left, while it is paid out.
    struct Purse {
        bytes32 winner;
        uint256 left;
    }

    uint8 private constant LAST_LEVEL = 2;
    /// @dev Gas of writing a new slot, from below: what follows the moment at which a move's cost is taken.
    uint256 private constant NEW_SLOT_GAS = 20_000;

    uint8 private immutable HEIGHT_0;
    uint8 private immutable HEIGHT_1;
    uint8 private immutable HEIGHT_2;
    uint256 private immutable STAKE_0;
    uint256 private immutable STAKE_1;
    uint256 private immutable STAKE_2;

    /// @inheritdoc IDisputeGame
    uint40 public immutable override challengePeriod;
    /// @inheritdoc IWide
    uint40 public immutable override responseTime;
    /// @inheritdoc IWide
    uint40 public immutable override censorshipTime;
    /// @inheritdoc IDisputeGame
    IOneStepProver public immutable override prover;

    /// @inheritdoc IWide
    uint256 public override burnt;
    /// @dev Root edges, by place, root and claim.
    mapping(bytes32 => EdgeWord) private _roots;
    /// @dev Edges that were split, proven or, where they are leaves, claimed, by place and root. `created` is when.
    mapping(bytes32 => EdgeWord) private _shown;
    mapping(bytes32 => MutualWord) private _mutuals;

    constructor(Parameters memory p) {
        uint256 answers = 3;
        for (uint256 level = 0; level < 3; ++level) {
            if (p.heights[level] == 0 || p.heights[level] > 20) revert BadParameter("heights");
            if (p.stakes[level] == 0) revert BadParameter("stakes");
            answers += p.heights[level];
        }
        if (p.responseTime == 0) revert BadParameter("responseTime");
        if (p.challengePeriod <= answers * p.responseTime + p.censorshipTime) revert BadParameter("challengePeriod");
        if (p.challengePeriod > type(uint32).max) revert BadParameter("challengePeriod");
        (HEIGHT_0, HEIGHT_1, HEIGHT_2) = (p.heights[0], p.heights[1], p.heights[2]);
        (STAKE_0, STAKE_1, STAKE_2) = (p.stakes[0], p.stakes[1], p.stakes[2]);
        (challengePeriod, responseTime, censorshipTime) = (p.challengePeriod, p.responseTime, p.censorshipTime);
        prover = p.prover;
    }

    /// @inheritdoc IWide
    function split(
        IDispute.At calldata place,
        bytes32[4] calldata quarters,
        bytes32[] calldata other
    ) external override {
        uint256 gasBefore = gasleft();
        bytes32 mutualId = Places.mutualId(place);
        bytes32 root = Quads.node(quarters);
        _requireRoot(Names.edgeId(mutualId, root, place.claim));
        _split(gasBefore, place, mutualId, Quads.edgeId(mutualId, root), quarters, other);
    }

    /// @inheritdoc IWide
    function splitQuarter(
        Quarter calldata edge,
        bytes32[] calldata rival,
        bytes32[4] calldata quarters,
        bytes32[] calldata other
    ) external override {
        uint256 gasBefore = gasleft();
        (IDispute.At memory spot, bytes32 mutualId, bytes32 id, ) = _requireQuarter(edge);
        _requireOver(quarters, edge.roots[edge.digit]);
        if (rival.length != 0) _mark(edge.parent, Places.mutualId(edge.parent), edge.roots, _four(rival));
        _split(gasBefore, spot, mutualId, id, quarters, other);
    }

    /// @inheritdoc IWide
    function mark(IDispute.At calldata place, bytes32[4] calldata first, bytes32[4] calldata second) external override {
        bytes32 mutualId = Places.mutualId(place);
        _requireShown(Quads.edgeId(mutualId, Quads.node(first)));
        _mark(place, mutualId, first, second);
    }

    /// @inheritdoc IWide
    function open(
        Quarter calldata leaf,
        Origin calldata origin,
        IDispute.Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes32 root,
        bytes calldata last,
        bytes32[] calldata spine
    ) external override returns (bytes32 id) {
        uint256 gasBefore = gasleft();
        uint8 level = leaf.parent.level;
        if (level >= LAST_LEVEL) revert WrongLevel(level, LAST_LEVEL - 1);
        (bytes32 mutualId, bytes32 leafId) = _requireAgreedLeaf(leaf, origin, before, inbox);
        _requireRivalled(mutualId);
        bytes32 value = leaf.roots[leaf.digit];
        bytes32 start = before.state;
        if (level == 0) {
            value = _machineYielding(value, last);
            start = prover.initialState(start, inbox);
        } else if (last.length != 0) revert WrongLength(last.length, 0);
        ++level;
        _requireLastLeaf(value, spine, level, root);
        id = _stake(level, Origin(mutualId, start, origin.inbox), root, leafId, gasBefore);
    }

    /// @inheritdoc IWide
    function proveStep(
        Quarter calldata leaf,
        Origin calldata origin,
        IDispute.Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness
    ) external override {
        uint256 gasBefore = gasleft();
        if (leaf.parent.level != LAST_LEVEL) revert WrongLevel(leaf.parent.level, LAST_LEVEL);
        (, bytes32 id) = _requireAgreedLeaf(leaf, origin, before, inbox);
        if (_shown[id].exists()) return;
        bytes32 required = leaf.roots[leaf.digit];
        bytes32 actual = prover.step(before.state, inbox, witness);
        if (actual != required) revert IDispute.StepMismatch(actual, required);
        (uint8 cost, uint256 amount) = Costs.write(gasBefore - gasleft() + NEW_SLOT_GAS);
        EdgeWord word = EdgeWords.createHalf(Timers.nowSeconds(), msg.sender, cost);
        _shown[id] = word.withStatus(IDispute.Status.Proven).withTimer(Timers.INFINITE);
        emit IDispute.StepProven(id, msg.sender, amount);
    }

    /// @inheritdoc IWide
    function updateRoot(IDispute.At calldata place, bytes32[4] calldata quarters) external override {
        bytes32 mutualId = Places.mutualId(place);
        bytes32 root = Quads.node(quarters);
        bytes32 id = Names.edgeId(mutualId, root, place.claim);
        EdgeWord word = _requireRoot(id);
        uint40 below = _timeOfQuarters(place, _requireShown(Quads.edgeId(mutualId, root)), quarters);
        uint40 timer = Timers.add(Timers.own(word, _mutuals[mutualId]), below);
        if (timer <= word.timer()) return;
        _roots[id] = word.withTimer(timer);
        emit IDispute.TimerUpdated(id, timer);
    }

    /// @inheritdoc IWide
    function updateQuarter(Quarter calldata edge, bytes32[4] calldata quarters) external override {
        (IDispute.At memory spot, bytes32 mutualId, bytes32 id, EdgeWord parent) = _requireQuarter(edge);
        _requireOver(quarters, edge.roots[edge.digit]);
        if (spot.height == 0) revert IDispute.NothingToBisect();
        EdgeWord word = _requireShown(id);
        _grow(id, word, Timers.own(parent, _mutuals[mutualId]), _timeOfQuarters(spot, word, quarters));
    }

    /// @inheritdoc IWide
    function updateLeaf(Quarter calldata leaf, bytes32 origin, bytes32 root) external override {
        uint8 level = leaf.parent.level;
        if (level >= LAST_LEVEL) revert WrongLevel(level, LAST_LEVEL - 1);
        (bytes32 mutualId, bytes32 id, EdgeWord parent) = _requireLeaf(leaf);
        ++level;
        bytes32 claimPlace = Names.mutualId(level, origin, heightOf(level), 0, Names.EMPTY_PREFIX);
        EdgeWord claimant = _requireRoot(Names.edgeId(claimPlace, root, id));
        EdgeWord word = _shown[id];
        if (!word.exists()) word = EdgeWords.createHalf(Timers.nowSeconds(), address(0), 0);
        uint40 below = Timers.live(claimant, _mutuals[claimPlace]);
        _grow(id, word, Timers.own(parent, _mutuals[mutualId]), below);
    }

    /// @inheritdoc IWide
    function confirm(IDispute.At calldata place, bytes32 root) external override {
        bytes32 mutualId = Places.mutualId(place);
        bytes32 id = Names.edgeId(mutualId, root, place.claim);
        EdgeWord word = _requireRoot(id);
        if (word.status() == IDispute.Status.Confirmed) return;
        MutualWord mutual_ = _mutuals[mutualId];
        if (mutual_.isDecided()) revert IDispute.AlreadyDecided(mutualId);
        uint40 timer = Timers.live(word, mutual_);
        if (timer < challengePeriod) revert IDispute.TimerTooLow(timer, challengePeriod);
        if (place.level == 0) _requireParentOfConfirmed(place.origin);

        _roots[id] = word.withStatus(IDispute.Status.Confirmed);
        _mutuals[mutualId] = mutual_.withDecision(Timers.nowSeconds());
        uint256 stake = stakeOf(place.level);
        _credit(word.maker(), stake);
        emit IDispute.Confirmed(id, mutualId, word.maker(), stake);
    }

    /// @inheritdoc IWide
    function slash(
        IDispute.At calldata loser,
        bytes32 loserRoot,
        IDispute.At calldata winner,
        bytes32 winnerRoot
    ) external override {
        bytes32 mutualId = Places.mutualId(loser);
        bytes32 loserId = Names.edgeId(mutualId, loserRoot, loser.claim);
        bytes32 winnerMutualId = Places.mutualId(winner);
        bytes32 winnerId = Names.edgeId(winnerMutualId, winnerRoot, winner.claim);
        if (winnerMutualId != mutualId) revert IDispute.NotRivals(loserId, winnerId);
        _requireConfirmed(winnerId);
        EdgeWord word = _requireRoot(loserId);
        if (word.status() == IDispute.Status.Slashed) return;
        if (word.status() != IDispute.Status.Open) revert IDispute.WrongStatus(loserId, word.status());

        _roots[loserId] = word.withStatus(IDispute.Status.Slashed);
        uint256 stake = stakeOf(loser.level);
        MutualWord mutual_ = _mutuals[mutualId];
        _mutuals[mutualId] = mutual_.withReward(mutual_.reward() + stake / 2);
        burnt += stake - stake / 2;
        emit IDispute.Slashed(loserId, winnerId, word.maker(), stake / 2, stake - stake / 2);
    }

    /// @inheritdoc IWide
    function reward(IDispute.At calldata winner, bytes32 root, Link[] calldata way) external override {
        IDispute.At memory spot = winner;
        bytes32 place = Places.mutualId(winner);
        bytes32 id = Names.edgeId(place, root, winner.claim);
        Purse memory purse = Purse(id, _mutuals[place].reward());
        _requireConfirmed(id);
        _pay(purse, _roots, id);
        for (uint256 i = 0; i < way.length; ++i) {
            Link calldata link = way[i];
            id = Quads.edgeId(Places.mutualIdOf(spot), root);
            if (spot.height != 0) {
                _requireOver(link.roots, root);
                _pay(purse, _shown, id);
                if (link.digit > 3) revert NoSuchQuarter(link.digit);
                (spot, root) = (Quads.quarterOf(spot, link.roots, link.digit), link.roots[link.digit]);
                if (spot.height == 0) _pay(purse, _shown, Quads.edgeId(Places.mutualIdOf(spot), root));
            } else {
                if (spot.level >= LAST_LEVEL) revert WrongLevel(spot.level, LAST_LEVEL - 1);
                uint8 level = spot.level + 1;
                spot = IDispute.At(level, link.roots[0], heightOf(level), 0, Names.EMPTY_PREFIX, id);
                root = link.roots[1];
                id = Names.edgeId(Places.mutualIdOf(spot), root, id);
                _requireConfirmed(id);
                _pay(purse, _roots, id);
            }
        }
        _mutuals[place] = _mutuals[place].withReward(purse.left);
    }

    /// @inheritdoc IWide
    function rootOf(bytes32 id) external view override returns (Root memory) {
        EdgeWord word = _roots[id];
        return Root(word.created(), word.timer(), word.status(), word.maker(), Costs.read(word.cost()));
    }

    /// @inheritdoc IWide
    function shown(bytes32 id) external view override returns (Shown memory) {
        EdgeWord word = _shown[id];
        return Shown(word.created(), word.timer(), word.status(), word.maker(), Costs.read(word.cost()));
    }

    /// @inheritdoc IWide
    function mutual(bytes32 mutualId) external view override returns (IDispute.Mutual memory) {
        MutualWord word = _mutuals[mutualId];
        return IDispute.Mutual(word.rivalry(), word.isDecided(), word.rivalledAt(), word.decidedAt());
    }

    /// @inheritdoc IDisputeGame
    function timerOf(bytes32 id, bytes32 mutualId) external view override returns (uint40) {
        return Timers.live(_requireRoot(id), _mutuals[mutualId]);
    }

    /// @inheritdoc IWide
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

    /// @inheritdoc IWide
    function stakeOf(uint8 level) public view override returns (uint256) {
        if (level == 0) return STAKE_0;
        if (level == 1) return STAKE_1;
        if (level == 2) return STAKE_2;
        revert WrongLevel(level, LAST_LEVEL);
    }

    /// @dev What a root edge of level 0 needs besides its own time.
    function _requireParentOfConfirmed(bytes32 origin) internal view virtual;

    /// @dev Adds a root edge and takes its stake; nothing if it stands.
    /// @param leafId The leaf edge that it claims; 0 at level 0.
    function _stake(
        uint8 level,
        Origin memory origin,
        bytes32 root,
        bytes32 leafId,
        uint256 gasBefore
    ) internal returns (bytes32 id) {
        bytes32 originHash = Names.originHash(origin.above, origin.start, origin.inbox);
        bytes32 mutualId = Names.mutualId(level, originHash, heightOf(level), 0, Names.EMPTY_PREFIX);
        id = Names.edgeId(mutualId, root, leafId);
        if (_roots[id].exists()) return id;
        MutualWord mutual_ = _mutuals[mutualId];
        if (mutual_.isDecided()) revert IDispute.AlreadyDecided(mutualId);
        _debit(stakeOf(level));
        IDispute.Rivalry rivalry = mutual_.rivalry();
        if (rivalry == IDispute.Rivalry.None) _mutuals[mutualId] = MutualWords.single();
        else if (rivalry == IDispute.Rivalry.Single) _mutuals[mutualId] = MutualWords.rivalled(Timers.nowSeconds());
        (uint8 cost, uint256 amount) = Costs.write(gasBefore - gasleft() + NEW_SLOT_GAS);
        _roots[id] = EdgeWords.createStaked(Timers.nowSeconds(), msg.sender, cost);
        emit IDispute.Opened(id, leafId, msg.sender, level, root, origin, amount);
    }

    function _requireLastLeaf(bytes32 leaf, bytes32[] calldata spine, uint8 level, bytes32 root) internal view {
        uint256 required = 2 * uint256(heightOf(level));
        if (spine.length != required) revert WrongLength(spine.length, required);
        bytes32 actual = Histories.rootByLastLeaf(leaf, spine);
        if (actual != root) revert IDispute.RootMismatch(actual, root);
    }

    /// @param id Place and root of the edge, without a claim.
    function _split(
        uint256 gasBefore,
        IDispute.At memory spot,
        bytes32 mutualId,
        bytes32 id,
        bytes32[4] calldata quarters,
        bytes32[] calldata other
    ) private {
        if (spot.height == 0) revert IDispute.NothingToBisect();
        _requireRivalled(mutualId);
        if (other.length != 0) _mark(spot, mutualId, quarters, _four(other));
        if (_shown[id].exists()) return;
        (uint8 cost, uint256 amount) = Costs.write(gasBefore - gasleft() + NEW_SLOT_GAS);
        _shown[id] = EdgeWords.createHalf(Timers.nowSeconds(), msg.sender, cost);
        emit Split(id, quarters, msg.sender, amount);
    }

    /// @dev The place of a quarter is written when it is known to be rivalled, and once: an earlier rivalry that was not said in time stopped
    /// no clock (docs/spec/21-wide.md#marks). `first` is split, or is by this call.
    function _mark(
        IDispute.At memory spot,
        bytes32 mutualId,
        bytes32[4] calldata first,
        bytes32[4] calldata second
    ) private {
        if (spot.height == 0) revert IDispute.NothingToBisect();
        bytes32 secondId = Quads.edgeId(mutualId, Quads.node(second));
        _requireShown(secondId);
        uint256 digit = Quads.firstDifference(first, second);
        if (digit == 4) revert SameEdge(secondId);
        bytes32 place = Places.mutualIdOf(Quads.quarterOf(spot, first, digit));
        if (_mutuals[place].isRivalled()) return;
        _mutuals[place] = MutualWords.rivalled(Timers.nowSeconds());
        emit Marked(place);
    }

    /// @dev Pays for the move that made this edge, once, if its whole cost is left.
    function _pay(Purse memory purse, mapping(bytes32 => EdgeWord) storage words, bytes32 id) private {
        EdgeWord word = words[id];
        uint256 amount = Costs.read(word.cost());
        if (amount == 0 || amount > purse.left) return;
        purse.left -= amount;
        words[id] = word.withoutCost();
        _credit(word.maker(), amount);
        emit IDispute.Rewarded(purse.winner, id, word.maker(), amount);
    }

    function _grow(bytes32 id, EdgeWord word, uint40 own, uint40 below) private {
        uint40 timer = Timers.add(own, below);
        if (timer <= word.timer()) return;
        _shown[id] = word.withTimer(timer);
        emit IDispute.TimerUpdated(id, timer);
    }

    /// @dev The least of the four: a lie in any of them spoils the whole. A quarter without a rival was not split, so what it has earned is
    /// its own time; a proof that nobody asked for counts once there is a rival.
    /// @param parent What was written when the edge was split.
    function _timeOfQuarters(
        IDispute.At memory spot,
        EdgeWord parent,
        bytes32[4] calldata quarters
    ) private view returns (uint40 least) {
        least = Timers.INFINITE;
        bytes32 prefix = spot.prefix;
        for (uint256 digit = 0; digit < 4; ++digit) {
            bytes32 mutualId = Names.mutualId(
                spot.level,
                spot.origin,
                uint256(spot.height) - 1,
                4 * uint256(spot.index) + digit,
                prefix
            );
            prefix = Places.chain(prefix, quarters[digit]);
            MutualWord mutual_ = _mutuals[mutualId];
            uint40 live = Timers.own(parent, mutual_);
            if (mutual_.isRivalled()) {
                uint40 cached = _shown[Quads.edgeId(mutualId, quarters[digit])].timer();
                if (cached > live) live = cached;
            }
            least = Timers.min(least, live);
        }
    }

    function _requireRoot(bytes32 id) private view returns (EdgeWord word) {
        word = _roots[id];
        if (!word.exists()) revert IDispute.EdgeNotFound(id);
    }

    function _requireShown(bytes32 id) private view returns (EdgeWord word) {
        word = _shown[id];
        if (!word.exists()) revert NotSplit(id);
    }

    function _requireConfirmed(bytes32 id) private view {
        IDispute.Status status = _requireRoot(id).status();
        if (status != IDispute.Status.Confirmed) revert IDispute.WrongStatus(id, status);
    }

    function _requireRivalled(bytes32 mutualId) private view {
        if (!_mutuals[mutualId].isRivalled()) revert IDispute.NotRivalled(mutualId);
    }

    /// @dev A quarter exists as soon as the edge above was split into it.
    /// @return spot Where it stands.
    /// @return mutualId Of that place.
    /// @return id Of the quarter.
    /// @return parent What was written when the edge above was split.
    function _requireQuarter(
        Quarter calldata edge
    ) private view returns (IDispute.At memory spot, bytes32 mutualId, bytes32 id, EdgeWord parent) {
        if (edge.digit > 3) revert NoSuchQuarter(edge.digit);
        // A leaf has a word of its own once it is proven or claimed, and may be a hash over any four words: it was not split for that.
        if (edge.parent.height == 0) revert IDispute.NothingToBisect();
        parent = _requireShown(Quads.edgeId(Places.mutualId(edge.parent), Quads.node(edge.roots)));
        spot = Quads.quarterOf(edge.parent, edge.roots, edge.digit);
        mutualId = Places.mutualIdOf(spot);
        id = Quads.edgeId(mutualId, edge.roots[edge.digit]);
    }

    function _requireLeaf(Quarter calldata leaf) private view returns (bytes32 mutualId, bytes32 id, EdgeWord parent) {
        if (leaf.parent.height != 1) revert IDispute.WrongHeight(leaf.parent.height, 1);
        (, mutualId, id, parent) = _requireQuarter(leaf);
    }

    /// @dev The state before a leaf, and the inbox: what all rivals at this leaf agree on.
    function _requireAgreedLeaf(
        Quarter calldata leaf,
        Origin calldata origin,
        IDispute.Before calldata before,
        IOneStepProver.InboxState calldata inbox
    ) private view returns (bytes32 mutualId, bytes32 id) {
        if (leaf.parent.height != 1) revert IDispute.WrongHeight(leaf.parent.height, 1);
        IDispute.At memory spot;
        (spot, mutualId, id, ) = _requireQuarter(leaf);
        bytes32 originHash = Names.originHash(origin);
        if (originHash != spot.origin) revert OriginMismatch(originHash, spot.origin);
        bytes32 inboxHash = Names.inboxHash(inbox);
        if (inboxHash != origin.inbox) revert InboxMismatch(inboxHash, origin.inbox);
        if (spot.index == 0) {
            if (before.path.length != 0) revert WrongLength(before.path.length, 0);
            if (before.prefix != 0) revert IDispute.BeforeMismatch(before.prefix, 0);
            if (before.state != origin.start) revert IDispute.BeforeMismatch(before.state, origin.start);
            return (mutualId, id);
        }
        uint256 words = 2 * Quads.trailingZeros(spot.index);
        if (before.path.length != words) revert WrongLength(before.path.length, words);
        bytes32 prefix = Places.chain(before.prefix, Histories.rootByLastLeaf(before.state, before.path));
        if (prefix != spot.prefix) revert IDispute.BeforeMismatch(prefix, spot.prefix);
    }

    function _machineYielding(bytes32 outputRoot, bytes calldata machine) private view returns (bytes32 machineHash) {
        bytes32 actual;
        (machineHash, actual) = prover.result(machine);
        if (actual != outputRoot) revert ResultMismatch(actual, outputRoot);
    }

    function _four(bytes32[] calldata words) private pure returns (bytes32[4] calldata four) {
        if (words.length != 4) revert WrongLength(words.length, 4);
        assembly ("memory-safe") {
            four := words.offset
        }
    }

    function _requireOver(bytes32[4] calldata quarters, bytes32 required) private pure {
        bytes32 actual = Quads.node(quarters);
        if (actual != required) revert IDispute.RootMismatch(actual, required);
    }
}
