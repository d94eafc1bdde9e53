// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Games: what the portal needs to know of the state root queue
/// @notice The part of the state root queue that stands for the OP Stack's factory and registry: one game for each assertion.
/// @custom:source OP Stack, DisputeGameFactory and AnchorStateRegistry.
interface IGames {
    /// @notice Game number `index`, in order of assertion. Reverts when there is none.
    function gameAtIndex(uint256 index) external view returns (uint32 gameType, uint64 timestamp, address proxy);

    /// @notice Whether `game` is one of this queue's and its assertion can still be confirmed or is.
    function isGameProper(address game) external view returns (bool);

    /// @notice Whether the assertion of `game`, one of this queue's, is confirmed. Once true, always true.
    function isGameClaimValid(address game) external view returns (bool);
}

/// @title Game: an assertion under the OP Stack's name
interface IGame {
    /// @notice The output root that the assertion states.
    function rootClaim() external view returns (bytes32);
}
