// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Assertions as clients of the OP Stack see them: factory and registry in one
/// @notice Only views that viem/op-stack (2.57.20) and like clients read. There is one game type, 100; delays are zero.
/// @custom:source docs/spec/10-queue.md#clients.
interface IAssertionGames {
    /// @notice What is known of an assertion: nothing against it; a rival to it or to an assertion below it; won; lost, itself or below.
    enum Fate {
        Standing,
        Rivalled,
        Won,
        Lost
    }

    /// @notice One hit of `findLatestGames`.
    /// @param metadata `gameType << 224 | timestamp << 160 | game address`.
    /// @param extraData The L2 block number, as one word.
    struct GameSearchResult {
        uint256 index;
        bytes32 metadata;
        uint64 timestamp;
        bytes32 rootClaim;
        bytes extraData;
    }

    /// @notice Walks down to what is confirmed, about 8,000 gas an assertion: for reads from outside L1, not for contracts.
    /// @return fate Of the assertion, with all that it stands on.
    /// @return decidedAt When it was won or lost, L1 seconds; 0 before.
    function fateOf(bytes32 assertion) external view returns (Fate fate, uint40 decidedAt);

    /// @notice The same for a chain that is too long for one call: looks at `most` assertions, from this one down.
    /// @return fate Of those; a rival or a loser in any page is one of the whole.
    /// @return decidedAt As in `fateOf`.
    /// @return next Where the next page begins; 0 where this was the last.
    function fateBelow(
        bytes32 assertion,
        uint256 most
    ) external view returns (Fate fate, uint40 decidedAt, bytes32 next);

    function gameCount() external view returns (uint256);

    /// @return gameType As `respectedGameType`.
    /// @return timestamp When the assertion was made.
    /// @return proxy Its game.
    function gameAtIndex(uint256 index) external view returns (uint32 gameType, uint64 timestamp, address proxy);

    /// @notice Assertions that a withdrawal may be proven against, newest first, from `start` downwards, at most `n`:
    /// confirmed, or at this moment unrivalled and standing on such a one. Walks a chain once, as `fateOf` does: page by `start` and `n`.
    function findLatestGames(
        uint32 gameType,
        uint256 start,
        uint256 n
    ) external view returns (GameSearchResult[] memory games);

    /// @notice Implementation behind the games of this type; 0 for other types.
    function gameImpls(uint32 gameType) external view returns (address);

    /// @notice The level-0 stake, for this type; 0 for other types.
    function initBonds(uint32 gameType) external view returns (uint256);

    function respectedGameType() external view returns (uint32);

    /// @notice Whether this queue made that contract.
    function isGameRegistered(address game) external view returns (bool);

    /// @notice Registered, and neither it nor an assertion below it has lost.
    function isGameProper(address game) external view returns (bool);

    function isGameRespected(address game) external view returns (bool);

    /// @notice The same as `isGameClaimValid`: a loser is not proper, which clients ask first, so nothing is ever paid on it.
    function isGameFinalized(address game) external view returns (bool);

    /// @notice Confirmed: withdrawals proven against it may be paid.
    function isGameClaimValid(address game) external view returns (bool);

    function disputeGameFinalityDelaySeconds() external view returns (uint256);

    function disputeGameFactory() external view returns (address);
}
