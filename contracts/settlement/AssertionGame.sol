// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IAssertionGame} from "../interfaces/IAssertionGame.sol";
import {IAssertionGames} from "../interfaces/IAssertionGames.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";

/// @title The code behind every game
/// @dev Runs by delegation from a clone whose immutable arguments are one ABI-encoded `ISettlement.Assertion`.
contract AssertionGame is IAssertionGame {
    ISettlement private immutable QUEUE;
    uint32 private immutable GAME_TYPE;

    constructor(uint32 gameType_) {
        QUEUE = ISettlement(msg.sender);
        GAME_TYPE = gameType_;
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
        ISettlement.Assertion memory self = _assertion();
        return (GAME_TYPE, self.outputRoot, abi.encode(self.l2BlockNumber));
    }

    function gameType() external view override returns (uint32) {
        return GAME_TYPE;
    }

    function gameCreator() external view override returns (address proposer) {
        (, proposer) = QUEUE.proposalOf(_assertion().id);
    }

    function createdAt() external view override returns (uint64) {
        return _createdAt();
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
        return _createdAt() + QUEUE.challengePeriod();
    }

    function wasRespectedGameTypeWhenCreated() external pure override returns (bool) {
        return true;
    }

    function _createdAt() private view returns (uint64) {
        (uint40 created, ) = QUEUE.proposalOf(_assertion().id);
        return created;
    }

    function _assertion() private view returns (ISettlement.Assertion memory) {
        return abi.decode(Clones.fetchCloneArgs(address(this)), (ISettlement.Assertion));
    }
}
