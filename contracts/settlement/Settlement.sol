// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Names} from "../games/shared/Names.sol";
import {IInbox} from "../interfaces/IInbox.sol";
import {IOneStepProver} from "../interfaces/IOneStepProver.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {AssertionGame} from "./AssertionGame.sol";
import {Headers} from "./Headers.sol";

/// @title Assertions: what is fixed with each, whichever game judges them
/// @dev What never changes of an assertion is the code of its game (an immutable-args clone); what changes, the dispute game keeps, which
/// stands in the same contract and fills in the functions without a body at the end. A call between two contracts for each assertion and
/// each confirmation would buy nothing (docs/adr/0033-settlement-and-game-apart.md).
abstract contract Settlement is ISettlement {
    bytes32 private constant TAG_ASSERTION = keccak256("solvent.assertion");

    /// @inheritdoc ISettlement
    bytes32 public immutable override genesis;
    /// @inheritdoc ISettlement
    bytes32 public immutable override genesisOutputRoot;
    /// @inheritdoc ISettlement
    IInbox public immutable override inbox;

    uint32 internal immutable GAME_TYPE;
    address internal immutable GAME_IMPLEMENTATION;
    /// @dev Origin hash of the first assertions.
    bytes32 private immutable GENESIS_ORIGIN;

    mapping(bytes32 => address) private _games;
    address[] internal _gameList;

    constructor(bytes32 genesisOutputRoot_, IInbox inbox_, IOneStepProver prover_, uint32 gameType) {
        if (genesisOutputRoot_ == 0) revert BadParameter("genesisOutputRoot");
        if (address(inbox_).code.length == 0) revert BadParameter("inbox");
        if (address(prover_).code.length == 0) revert BadParameter("prover");
        IInbox proven = prover_.inbox();
        if (address(proven) != address(inbox_)) revert ProverInboxMismatch(address(proven), address(inbox_));
        inbox = inbox_;
        genesisOutputRoot = genesisOutputRoot_;
        genesis = keccak256(abi.encode(TAG_ASSERTION, genesisOutputRoot_));
        GENESIS_ORIGIN = Names.originHash(genesis, genesisOutputRoot_, Names.inboxHash(_genesisInbox(inbox_)));
        GAME_TYPE = gameType;
        GAME_IMPLEMENTATION = address(new AssertionGame(gameType));
    }

    /// @inheritdoc ISettlement
    function isConfirmed(
        bytes32 assertion,
        bytes32 outputRoot,
        IOneStepProver.InboxState calldata inbox_
    ) external view override returns (bool) {
        if (!isAssertionConfirmed(assertion)) return false;
        return _childOrigin(assertion) == Names.originHash(assertion, outputRoot, Names.inboxHash(inbox_));
    }

    /// @inheritdoc ISettlement
    function assertionOfGame(address game) external view override returns (Assertion memory assertion) {
        bool isOurs;
        (isOurs, assertion) = _constantsOf(game);
        if (!isOurs) revert AssertionNotFound(bytes32(0));
    }

    /// @inheritdoc ISettlement
    function proposalOf(bytes32 assertion) external view override returns (uint40 created, address proposer) {
        if (_games[assertion] != address(0)) return _madeOf(assertion);
    }

    /// @inheritdoc ISettlement
    function assertionOf(bytes32 id) public view override returns (Assertion memory) {
        return abi.decode(Clones.fetchCloneArgs(gameOf(id)), (Assertion));
    }

    /// @inheritdoc ISettlement
    function gameOf(bytes32 id) public view override returns (address game) {
        game = _games[id];
        if (game == address(0)) revert AssertionNotFound(id);
    }

    /// @inheritdoc ISettlement
    function isAssertionConfirmed(bytes32 assertion) public view override returns (bool) {
        if (assertion == genesis) return true;
        return _games[assertion] != address(0) && _isWon(assertion);
    }

    /// @inheritdoc ISettlement
    function inboxState() public view override returns (IOneStepProver.InboxState memory) {
        return _inboxState(inbox);
    }

    /// @dev Makes an assertion's game, and fixes what its children start from.
    /// @param root What the game judges.
    /// @param cost Of the call, in wei.
    function _register(
        bytes32 id,
        Origin calldata origin,
        bytes32 root,
        bytes32 outputRoot,
        uint64 number,
        uint256 cost
    ) internal {
        IOneStepProver.InboxState memory limit = inboxState();
        bytes32 childOrigin = Names.originHash(id, outputRoot, Names.inboxHash(limit));
        bytes memory constants = abi.encode(Assertion(id, origin.above, outputRoot, childOrigin, number));
        address game = Clones.cloneDeterministicWithImmutableArgs(GAME_IMPLEMENTATION, constants, id);
        uint256 index = _gameList.length;
        _games[id] = game;
        _gameList.push(game);
        emit AssertionAdded(id, origin.above, msg.sender, index, game, root, outputRoot, number, origin, limit, cost);
    }

    /// @dev Reverts unless this is what the parent fixed for its children.
    function _requireOrigin(Origin calldata origin) internal view returns (bytes32 originHash) {
        originHash = Names.originHash(origin);
        bytes32 required = _childOrigin(origin.above);
        if (originHash != required) revert OriginMismatch(originHash, required);
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

    function _requireParentConfirmed(bytes32 parent) internal view {
        if (!isAssertionConfirmed(parent)) revert ParentNotConfirmed(parent);
    }

    function _childOrigin(bytes32 parent) internal view returns (bytes32) {
        return parent == genesis ? GENESIS_ORIGIN : assertionOf(parent).childOrigin;
    }

    /// @dev The zero root (a run that trapped) has no header: its preimage is empty.
    function _decodeOutput(OutputPreimage calldata output) internal pure returns (bytes32 outputRoot, uint64 number) {
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
        return empty;
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

    /// @dev Whether the game has decided for an assertion that stands, and for all that it stands on.
    function _isWon(bytes32 assertion) internal view virtual returns (bool);

    /// @dev What the game says of the place that an assertion stands at.
    /// @return isRivalled Whether somebody disputes it.
    /// @return isDecided Whether an assertion there has won, or this one can win no more.
    /// @return decidedAt Since when, L1 seconds.
    function _contestOf(
        Assertion memory assertion
    ) internal view virtual returns (bool isRivalled, bool isDecided, uint40 decidedAt);

    function _madeOf(bytes32 assertion) internal view virtual returns (uint40 created, address proposer);

    /// @dev What it takes to make an assertion, in wei.
    function _bond() internal view virtual returns (uint256);
}
