// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInbox} from "../../interfaces/IInbox.sol";
import {IOneStepProver} from "../../interfaces/IOneStepProver.sol";
import {ISettlement} from "../../interfaces/ISettlement.sol";
import {IStateRootQueue} from "../../interfaces/IStateRootQueue.sol";
import {AssertionGames} from "../../settlement/AssertionGames.sol";
import {Settlement} from "../../settlement/Settlement.sol";
import {Names} from "../shared/Names.sol";
import {Dispute} from "./Dispute.sol";
import {Stakes} from "./Stakes.sol";
import {Timers} from "./Timers.sol";
import {EdgeWord, MutualWord} from "./Words.sol";

/// @title Assertions as the level-0 root edges of the game
/// @dev INVARIANT: the assertions that one stake stands for are on one chain, and from all but the last it has moved. A winner or a loser is
/// decided only on a confirmed parent, so the stake is paid once: to its staker where all are confirmed, else for the first that loses;
/// and of the lies at right places there is one a chain, so each costs a stake of its own (docs/spec/10-queue.md#stakes).
abstract contract Assertions is Dispute, AssertionGames, IStateRootQueue {
    /// @notice Arguments of the constructor.
    /// @param heights Of the trees of levels 0, 1, 2; 1 to 40 each.
    /// @param stakes Of root edges of levels 0, 1, 2, in wei; not 0.
    /// @param challengePeriod Seconds that win; more than (H0 + H1 + H2 + 3) * responseTime + censorshipTime.
    /// @param responseTime Seconds in which an honest party answers.
    /// @param censorshipTime Seconds of censorship to survive.
    /// @param genesisOutputRoot Output root of the genesis block.
    struct Parameters {
        uint8[3] heights;
        uint256[3] stakes;
        uint40 challengePeriod;
        uint40 responseTime;
        uint40 censorshipTime;
        bytes32 genesisOutputRoot;
        IInbox inbox;
        IOneStepProver prover;
    }

    uint32 private constant EDGES = 100;
    /// @dev Gas of making a game and its entries, from below.
    uint256 private constant GAME_GAS = 100_000;
    /// @dev How often one stake may move: a chain on one stake, and whatever walks it, is no longer than this.
    uint40 private constant MOVES_IN_A_PERIOD = 1024;

    constructor(
        Parameters memory p
    )
        Stakes(p.stakes)
        Dispute(p.heights, p.challengePeriod, p.responseTime, p.censorshipTime, p.prover)
        Settlement(p.genesisOutputRoot, p.inbox, p.prover, EDGES)
    {}

    /// @inheritdoc IStateRootQueue
    function assertState(
        Origin calldata origin,
        bytes32 root,
        OutputPreimage calldata output,
        bytes32[] calldata spine
    ) external override returns (bytes32 id) {
        uint256 gasBefore = gasleft();
        bytes32 originHash = _requireOrigin(origin);
        (bytes32 outputRoot, uint64 number) = _decodeOutput(output);
        _requireLastLeaf(outputRoot, spine, 0, root);
        bytes32 mutualId = Names.assertionPlace(originHash, heightOf(0));
        id = Names.edgeId(mutualId, root, 0);
        if (_edges[id].exists()) return id;
        if (!_moveStake(origin.above, id)) _takeStake(0);
        uint256 cost = _addStaked(mutualId, id, gasBefore - gasleft() + GAME_GAS);
        _register(id, origin, root, outputRoot, number, cost);
    }

    /// @inheritdoc IStateRootQueue
    function moveStake(bytes32 from, bytes32 to) external override {
        EdgeWord word = _edges[from];
        if (word.isStakeMoved()) return;
        EdgeWord below = _edges[to];
        bool isSame = word.maker() == below.maker() && _isMovable(word, below.created());
        for (bytes32 above = to; isSame && above != from;) {
            above = assertionOf(above).parent;
            isSame = above != genesis;
        }
        if (!isSame || from == to) revert StakeNotMovable(from, to);
        // The stake below stands for the one above from now on, which is therefore free.
        _edges[from] = word.withStakeMoved();
        emit StakeMoved(from, to);
        emit StakeFreed(from, word.maker(), _returnStake(0, word.maker()));
    }

    /// @inheritdoc ISettlement
    function isChallenged(bytes32, bytes32 place) external view override returns (bool) {
        MutualWord mutual = _mutuals[place];
        return mutual.isRivalled() || mutual.isDecided();
    }

    function _requireParentOfConfirmed(bytes32 assertion) internal view override {
        _requireParentConfirmed(assertionOf(assertion).parent);
    }

    function _isWon(bytes32 assertion) internal view override returns (bool) {
        return _edges[assertion].status() == Status.Confirmed;
    }

    /// @dev The one place (level-0 root) where an assertion and its rivals stand.
    function _contestOf(Assertion memory assertion) internal view override returns (bool, bool, uint40) {
        MutualWord mutual = _mutuals[Names.assertionPlace(_childOrigin(assertion.parent), heightOf(0))];
        return (mutual.isRivalled(), mutual.isDecided(), mutual.decidedAt());
    }

    function _madeOf(bytes32 assertion) internal view override returns (uint40 created, address proposer) {
        EdgeWord word = _edges[assertion];
        return (word.created(), word.maker());
    }

    function _bond() internal view override returns (uint256) {
        return stakeOf(0);
    }

    /// @dev Lets the sender's stake on the parent stand for the child, too.
    /// @return isMoved False, and nothing changed, where the sender has no such stake, or moved it so shortly ago.
    function _moveStake(bytes32 parent, bytes32 child) private returns (bool isMoved) {
        if (parent == genesis) return false;
        EdgeWord word = _edges[parent];
        if (word.maker() != msg.sender || !_isMovable(word, Timers.nowSeconds())) return false;
        _edges[parent] = word.withStakeMoved();
        emit StakeMoved(parent, child);
        return true;
    }

    /// @dev Whether the assertion's own stake lies on it, or will, and may go on to one that is made at that time.
    function _isMovable(EdgeWord word, uint40 time) private view returns (bool) {
        return
            word.status() == Status.Open &&
            !word.isStakeMoved() &&
            time >= word.created() + challengePeriod / MOVES_IN_A_PERIOD;
    }
}
