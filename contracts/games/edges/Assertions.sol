// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AssertionGame} from "../../settlement/AssertionGame.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Dispute} from "./Dispute.sol";
import {Headers} from "../../settlement/Headers.sol";
import {IInbox} from "../../interfaces/IInbox.sol";
import {IOneStepProver} from "../../interfaces/IOneStepProver.sol";
import {IStateRootQueue} from "../../interfaces/IStateRootQueue.sol";
import {EdgeWord, MutualWord} from "./Words.sol";
import {Places} from "./Places.sol";
import {Stakes} from "./Stakes.sol";
import {Timers} from "./Timers.sol";

/// @title Assertions: the level-0 root edges, and what is fixed with each
/// @dev What never changes of an assertion is the code of its game (an immutable-args clone); what changes is its edge.
/// INVARIANT: the assertions that one stake stands for are on one chain, and from all but the last it has moved. A winner or a loser is
/// decided only on a confirmed parent, so the stake is paid once: to its staker where all are confirmed, else for the first that loses;
/// and of the lies at right places there is one a chain, so each costs a stake of its own (docs/spec/10-queue.md#stakes).
abstract contract Assertions is Dispute, IStateRootQueue {
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

    /// @dev Gas of making a game and its entries, from below.
    uint256 private constant GAME_GAS = 100_000;
    /// @dev How often one stake may move: a chain on one stake, and whatever walks it, is no longer than this.
    uint40 private constant MOVES_IN_A_PERIOD = 1024;
    bytes32 private constant TAG_ASSERTION = keccak256("solvent.assertion");

    /// @inheritdoc IStateRootQueue
    bytes32 public immutable override genesis;
    /// @inheritdoc IStateRootQueue
    bytes32 public immutable override genesisOutputRoot;
    /// @inheritdoc IStateRootQueue
    IInbox public immutable override inbox;

    /// @dev Origin hash of the first assertions.
    bytes32 private immutable GENESIS_ORIGIN;
    address internal immutable GAME_IMPLEMENTATION;

    mapping(bytes32 => address) private _games;
    address[] internal _gameList;

    constructor(
        Parameters memory p
    ) Stakes(p.stakes) Dispute(p.heights, p.challengePeriod, p.responseTime, p.censorshipTime, p.prover) {
        if (p.genesisOutputRoot == 0) revert BadParameter("genesisOutputRoot");
        if (address(p.inbox).code.length == 0) revert BadParameter("inbox");
        IInbox proven = p.prover.inbox();
        if (address(proven) != address(p.inbox)) revert ProverInboxMismatch(address(proven), address(p.inbox));
        inbox = p.inbox;
        genesisOutputRoot = p.genesisOutputRoot;
        genesis = keccak256(abi.encode(TAG_ASSERTION, p.genesisOutputRoot));
        GENESIS_ORIGIN = Places.originHash(genesis, p.genesisOutputRoot, Places.inboxHash(_genesisInbox(p.inbox)));
        GAME_IMPLEMENTATION = address(new AssertionGame());
    }

    /// @inheritdoc IStateRootQueue
    function assertState(
        Origin calldata origin,
        bytes32 root,
        OutputPreimage calldata output,
        bytes32[] calldata spine
    ) external override returns (bytes32 id) {
        uint256 gasBefore = gasleft();
        bytes32 originHash = Places.originHash(origin);
        bytes32 required = _childOrigin(origin.above);
        if (originHash != required) revert OriginMismatch(originHash, required);
        (bytes32 outputRoot, uint64 number) = _decodeOutput(output);
        _requireLastLeaf(outputRoot, spine, 0, root);
        bytes32 mutualId = Places.mutualId(0, originHash, heightOf(0), 0, Places.EMPTY_PREFIX);
        id = Places.edgeId(mutualId, root, 0);
        if (_edges[id].exists()) return id;
        if (!_moveStake(origin.above, id)) _takeStake(0);
        uint256 cost = _addStaked(mutualId, id, gasBefore - gasleft() + GAME_GAS);

        IOneStepProver.InboxState memory limit = inboxState();
        bytes32 childOrigin = Places.originHash(id, outputRoot, Places.inboxHash(limit));
        bytes memory constants = abi.encode(Assertion(id, origin.above, outputRoot, childOrigin, number));
        address game = Clones.cloneDeterministicWithImmutableArgs(GAME_IMPLEMENTATION, constants, id);
        uint256 index = _gameList.length;
        _games[id] = game;
        _gameList.push(game);
        emit AssertionAdded(id, origin.above, msg.sender, index, game, root, outputRoot, number, origin, limit, cost);
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

    /// @inheritdoc IStateRootQueue
    function isConfirmed(
        bytes32 assertion,
        bytes32 outputRoot,
        IOneStepProver.InboxState calldata inbox_
    ) external view override returns (bool) {
        if (!isAssertionConfirmed(assertion)) return false;
        return _childOrigin(assertion) == Places.originHash(assertion, outputRoot, Places.inboxHash(inbox_));
    }

    /// @inheritdoc IStateRootQueue
    function assertionOfGame(address game) external view override returns (Assertion memory assertion) {
        bool isOurs;
        (isOurs, assertion) = _constantsOf(game);
        if (!isOurs) revert AssertionNotFound(bytes32(0));
    }

    /// @inheritdoc IStateRootQueue
    function assertionOf(bytes32 id) public view override returns (Assertion memory) {
        return abi.decode(Clones.fetchCloneArgs(gameOf(id)), (Assertion));
    }

    /// @inheritdoc IStateRootQueue
    function gameOf(bytes32 id) public view override returns (address game) {
        game = _games[id];
        if (game == address(0)) revert AssertionNotFound(id);
    }

    /// @inheritdoc IStateRootQueue
    function isAssertionConfirmed(bytes32 assertion) public view override returns (bool) {
        if (assertion == genesis) return true;
        return _games[assertion] != address(0) && _edges[assertion].status() == Status.Confirmed;
    }

    /// @inheritdoc IStateRootQueue
    function inboxState() public view override returns (IOneStepProver.InboxState memory) {
        return _inboxState(inbox);
    }

    /// @dev Whether this queue made that contract, and the constants in its code.
    function _constantsOf(address game) internal view returns (bool isOurs, Assertion memory assertion) {
        // 45 bytes of clone, 5 words of arguments.
        if (game.code.length != 45 + 5 * 32) return (false, assertion);
        bytes memory constants = Clones.fetchCloneArgs(game);
        bytes32 id = abi.decode(constants, (bytes32));
        if (_games[id] != game) return (false, assertion);
        return (true, abi.decode(constants, (Assertion)));
    }

    /// @dev The one place (level-0 root) where an assertion and its rivals stand.
    function _mutualOf(Assertion memory assertion) internal view returns (MutualWord) {
        bytes32 origin = _childOrigin(assertion.parent);
        return _mutuals[Places.mutualId(0, origin, heightOf(0), 0, Places.EMPTY_PREFIX)];
    }

    function _requireParentConfirmed(bytes32 assertion) internal view override {
        bytes32 parent = assertionOf(assertion).parent;
        if (!isAssertionConfirmed(parent)) revert ParentNotConfirmed(parent);
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

    function _childOrigin(bytes32 parent) private view returns (bytes32) {
        return parent == genesis ? GENESIS_ORIGIN : assertionOf(parent).childOrigin;
    }

    /// @dev The zero root (a run that trapped) has no header: its preimage is empty.
    function _decodeOutput(OutputPreimage calldata output) private pure returns (bytes32 outputRoot, uint64 number) {
        if (output.header.length == 0 && output.stateRoot == 0 && output.messagePasserStorageRoot == 0) return (0, 0);
        number = Headers.blockNumber(output.header);
        outputRoot = keccak256(
            abi.encode(bytes32(0), output.stateRoot, output.messagePasserStorageRoot, keccak256(output.header))
        );
    }

    /// @dev What the first assertions see of the inbox: nothing. SAFETY: whatever stands there by now, for anyone may have sent a message
    /// since the Inbox was made; no node could know that it counts. Read all the same: an inbox that cannot be is refused.
    function _genesisInbox(IInbox inbox_) internal view virtual returns (IOneStepProver.InboxState memory empty) {
        _inboxState(inbox_);
    }

    function _inboxState(IInbox inbox_) internal view returns (IOneStepProver.InboxState memory state) {
        uint256 batches = inbox_.batchCount();
        uint256 messages = inbox_.delayedCount();
        if (batches > type(uint64).max || messages > type(uint64).max) revert BadParameter("inbox");
        state.batchCount = uint64(batches);
        state.delayedCount = uint64(messages);
        if (batches != 0) state.lastBatch = inbox_.batchRecord(batches - 1);
        if (messages != 0) state.lastDelayed = inbox_.messageHash(messages - 1);
    }
}
