// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IAssertionGame} from "../interfaces/IAssertionGame.sol";
import {IAssertionGames} from "../interfaces/IAssertionGames.sol";
import {IDispute} from "../interfaces/IDispute.sol";
import {IStateRootQueue} from "../interfaces/IStateRootQueue.sol";

/// @title The code behind every game
/// @dev Runs by delegation from a clone whose immutable arguments are one ABI-encoded `IStateRootQueue.Assertion`.
contract AssertionGame is IAssertionGame {
    uint32 private constant GAME_TYPE = 100;

    IStateRootQueue private immutable QUEUE;

    constructor() {
        QUEUE = IStateRootQueue(msg.sender);
    }

    function assertion() external view override returns (bytes32) {
        return _assertion().id;
    }

    function parent() external view override returns (bytes32) {
        return _assertion().parent;
    }

    function queue() external view override returns (address) {
        return address(QUEUE);
    }

    function rootClaim() external view override returns (bytes32) {
        return _assertion().outputRoot;
    }

    function l2BlockNumber() external view override returns (uint256) {
        return _assertion().l2BlockNumber;
    }

    function l2SequenceNumber() external view override returns (uint256) {
        return _assertion().l2BlockNumber;
    }

    function extraData() external view override returns (bytes memory) {
        return abi.encode(_assertion().l2BlockNumber);
    }

    function gameData() external view override returns (uint32 gameType_, bytes32 rootClaim_, bytes memory extraData_) {
        IStateRootQueue.Assertion memory self = _assertion();
        return (GAME_TYPE, self.outputRoot, abi.encode(self.l2BlockNumber));
    }

    function gameType() external pure override returns (uint32) {
        return GAME_TYPE;
    }

    function gameCreator() external view override returns (address) {
        return _edge().staker;
    }

    function createdAt() external view override returns (uint64) {
        return _edge().created;
    }

    function resolvedAt() external view override returns (uint64) {
        (, uint40 decidedAt) = QUEUE.fateOf(_assertion().id);
        return decidedAt;
    }

    function status() external view override returns (GameStatus) {
        (IAssertionGames.Fate fate, ) = QUEUE.fateOf(_assertion().id);
        if (fate == IAssertionGames.Fate.Won) return GameStatus.DefenderWins;
        return fate == IAssertionGames.Fate.Lost ? GameStatus.ChallengerWins : GameStatus.InProgress;
    }

    function maxClockDuration() external view override returns (uint64) {
        return QUEUE.challengePeriod();
    }

    function expectedResolution() external view override returns (uint64) {
        return uint64(_edge().created) + QUEUE.challengePeriod();
    }

    function wasRespectedGameTypeWhenCreated() external pure override returns (bool) {
        return true;
    }

    function _edge() private view returns (IDispute.Edge memory) {
        return QUEUE.edge(_assertion().id);
    }

    function _assertion() private view returns (IStateRootQueue.Assertion memory) {
        return abi.decode(Clones.fetchCloneArgs(address(this)), (IStateRootQueue.Assertion));
    }
}
