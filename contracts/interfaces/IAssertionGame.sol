// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title One assertion as clients of the OP Stack see it
/// @notice An immutable-args clone that the queue makes; its arguments are the assertion, its state is read from the queue.
/// @custom:source docs/spec/10-queue.md#clients.
interface IAssertionGame {
    /// @notice In the order that clients of the OP Stack expect.
    enum GameStatus {
        InProgress,
        ChallengerWins,
        DefenderWins
    }

    function assertion() external view returns (bytes32);

    function parent() external view returns (bytes32);

    function queue() external view returns (address);

    /// @notice The output root asserted.
    function rootClaim() external view returns (bytes32);

    function l2BlockNumber() external view returns (uint256);

    /// @notice The same number, under its later name.
    function l2SequenceNumber() external view returns (uint256);

    /// @notice The L2 block number, as one word.
    function extraData() external view returns (bytes memory);

    function gameData() external view returns (uint32 gameType, bytes32 rootClaim, bytes memory extraData);

    function gameType() external view returns (uint32);

    function gameCreator() external view returns (address);

    function createdAt() external view returns (uint64);

    /// @notice When it or a rival was confirmed; 0 before. Walks like `status`.
    function resolvedAt() external view returns (uint64);

    /// @notice Walks a chain of unconfirmed assertions (`IAssertionGames.fateOf`): not for contracts on L1.
    function status() external view returns (GameStatus);

    /// @notice The challenge period, in seconds.
    function maxClockDuration() external view returns (uint64);

    /// @notice When it can be confirmed if nobody disputes it.
    function expectedResolution() external view returns (uint64);

    function wasRespectedGameTypeWhenCreated() external view returns (bool);
}
