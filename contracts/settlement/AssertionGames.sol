// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAssertionGames} from "../interfaces/IAssertionGames.sol";
import {Settlement} from "./Settlement.sol";

/// @title Factory and registry as clients of the OP Stack read them
/// @dev Views only. Nothing in the game or the bridge's payment rests on the walks here, which are as long as a chain of
/// unconfirmed assertions; payment asks `isGameClaimValid`, which is one read.
abstract contract AssertionGames is Settlement {
    /// @inheritdoc IAssertionGames
    function findLatestGames(
        uint32 gameType,
        uint256 start,
        uint256 n
    ) external view override returns (GameSearchResult[] memory games) {
        uint256 count = _gameList.length;
        if (gameType != GAME_TYPE || start >= count || n == 0) return games;
        games = new GameSearchResult[](n > start ? start + 1 : n);
        uint256 found = 0;
        bytes32 standing;
        for (uint256 left = start + 1; left != 0 && found < games.length; --left) {
            address game = _gameList[left - 1];
            (, Assertion memory assertion) = _constantsOf(game);
            if (!_stands(assertion, standing)) continue;
            // What it stands on stands, too: a chain is walked once, not once for each of its assertions.
            standing = assertion.parent;
            games[found++] = _searchResult(left - 1, game, assertion);
        }
        // Shrinks the list to what was found.
        assembly ("memory-safe") {
            mstore(games, found)
        }
    }

    /// @inheritdoc IAssertionGames
    function gameAtIndex(
        uint256 index
    ) external view override returns (uint32 gameType, uint64 timestamp, address proxy) {
        if (index >= _gameList.length) revert AssertionNotFound(bytes32(index));
        proxy = _gameList[index];
        (, Assertion memory assertion) = _constantsOf(proxy);
        (uint40 created, ) = _madeOf(assertion.id);
        return (GAME_TYPE, created, proxy);
    }

    /// @inheritdoc IAssertionGames
    function gameCount() external view override returns (uint256) {
        return _gameList.length;
    }

    /// @inheritdoc IAssertionGames
    function fateOf(bytes32 assertion) external view override returns (Fate fate, uint40 decidedAt) {
        return assertion == genesis ? (Fate.Won, 0) : _fateOf(assertionOf(assertion));
    }

    /// @inheritdoc IAssertionGames
    function fateBelow(
        bytes32 assertion,
        uint256 most
    ) external view override returns (Fate fate, uint40 decidedAt, bytes32 next) {
        return assertion == genesis ? (Fate.Won, 0, bytes32(0)) : _fateBelow(assertionOf(assertion), most);
    }

    /// @inheritdoc IAssertionGames
    function isGameRegistered(address game) external view override returns (bool isOurs) {
        (isOurs, ) = _constantsOf(game);
    }

    /// @inheritdoc IAssertionGames
    function isGameRespected(address game) external view override returns (bool isOurs) {
        (isOurs, ) = _constantsOf(game);
    }

    /// @inheritdoc IAssertionGames
    function isGameProper(address game) external view override returns (bool) {
        (bool isOurs, Assertion memory assertion) = _constantsOf(game);
        if (!isOurs) return false;
        (Fate fate, ) = _fateOf(assertion);
        return fate != Fate.Lost;
    }

    /// @inheritdoc IAssertionGames
    function isGameFinalized(address game) external view override returns (bool) {
        return isGameClaimValid(game);
    }

    /// @inheritdoc IAssertionGames
    function gameImpls(uint32 gameType) external view override returns (address) {
        return gameType == GAME_TYPE ? GAME_IMPLEMENTATION : address(0);
    }

    /// @inheritdoc IAssertionGames
    function initBonds(uint32 gameType) external view override returns (uint256) {
        return gameType == GAME_TYPE ? _bond() : 0;
    }

    /// @inheritdoc IAssertionGames
    function disputeGameFactory() external view override returns (address) {
        return address(this);
    }

    /// @inheritdoc IAssertionGames
    function respectedGameType() external view override returns (uint32) {
        return GAME_TYPE;
    }

    /// @inheritdoc IAssertionGames
    function disputeGameFinalityDelaySeconds() external pure override returns (uint256) {
        return 0;
    }

    /// @inheritdoc IAssertionGames
    function isGameClaimValid(address game) public view override returns (bool) {
        (bool isOurs, Assertion memory assertion) = _constantsOf(game);
        return isOurs && isAssertionConfirmed(assertion.id);
    }

    function _fateOf(Assertion memory assertion) private view returns (Fate fate, uint40 decidedAt) {
        (fate, decidedAt, ) = _fateBelow(assertion, type(uint256).max);
    }

    /// @dev Walks down to what is confirmed. A rival anywhere on the way counts, and a loser decides.
    function _fateBelow(
        Assertion memory assertion,
        uint256 most
    ) private view returns (Fate fate, uint40 decidedAt, bytes32 next) {
        bool isRivalled;
        bool isDecided;
        if (isAssertionConfirmed(assertion.id)) {
            (, , decidedAt) = _contestOf(assertion);
            return (Fate.Won, decidedAt, 0);
        }
        for (; most != 0; --most) {
            (isRivalled, isDecided, decidedAt) = _contestOf(assertion);
            if (isDecided) return (Fate.Lost, decidedAt, 0);
            if (isRivalled) fate = Fate.Rivalled;
            if (isAssertionConfirmed(assertion.parent)) return (fate, 0, 0);
            assertion = assertionOf(assertion.parent);
        }
        return (fate, 0, assertion.id);
    }

    /// @dev Whether it is confirmed, or it and all down to what is confirmed, or to `standing`, are unrivalled.
    function _stands(Assertion memory assertion, bytes32 standing) private view returns (bool) {
        if (isAssertionConfirmed(assertion.id)) return true;
        while (assertion.id != standing) {
            (bool isRivalled, bool isDecided, ) = _contestOf(assertion);
            if (isDecided || isRivalled) return false;
            if (isAssertionConfirmed(assertion.parent)) return true;
            assertion = assertionOf(assertion.parent);
        }
        return true;
    }

    function _searchResult(
        uint256 index,
        address game,
        Assertion memory assertion
    ) private view returns (GameSearchResult memory) {
        (uint40 created, ) = _madeOf(assertion.id);
        uint256 metadata = (uint256(GAME_TYPE) << 224) | (uint256(created) << 160) | uint160(game);
        bytes memory extraData = abi.encode(assertion.l2BlockNumber);
        return GameSearchResult(index, bytes32(metadata), created, assertion.outputRoot, extraData);
    }
}
