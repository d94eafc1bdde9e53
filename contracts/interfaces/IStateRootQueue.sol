// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "./IDispute.sol";
import {ISettlement} from "./ISettlement.sol";

/// @title The queue of state roots, settled by the game of edges
/// @notice An assertion is a root edge of the game at level 0: "from the parent's output root, 2^H0 runs with the inbox as it
/// was when the parent was made end in this output root". Each parent has exactly one true child.
/// @custom:source docs/spec/10-queue.md. Twin: games/edges.
interface IStateRootQueue is IDispute, ISettlement {
    /// @notice One stake stands for both: it goes on to `to`, which stands on `from`, when `from` is confirmed.
    event StakeMoved(bytes32 indexed from, bytes32 indexed to);
    /// @notice An own stake below stands for `id`, too, whose own went back to the staker's balance.
    event StakeFreed(bytes32 indexed id, address indexed staker, uint256 stake);

    /// @notice Not both of one staker, or not one on the other, or the upper one decided, or made too shortly before the lower one.
    error StakeNotMovable(bytes32 from, bytes32 to);

    /// @notice Asserts a child of `origin.above`. A stake of the caller on an unconfirmed parent moves along, once, if the parent
    /// is at least 1/1024 of the challenge period old; else the level-0 stake is taken from the caller's balance. Asserting what stands already changes nothing.
    /// @param origin Names the parent, its output root and its children's inbox: against another inbox (after an L1 reorg) it reverts.
    /// @param root Merkle root over the output roots after each of the 2^H0 runs.
    /// @param output Preimage of the last leaf.
    /// @param spine Left siblings on the right spine of the tree, bottom first; H0 of them.
    /// @return id The assertion.
    /// @custom:reverts AssertionNotFound, OriginMismatch, MalformedHeader, WrongLength, RootMismatch, AlreadyDecided, InsufficientBalance.
    /// @custom:gas pinned as "queue: assert" in test/snapshots.
    function assertState(
        Origin calldata origin,
        bytes32 root,
        OutputPreimage calldata output,
        bytes32[] calldata spine
    ) external returns (bytes32 id);

    /// @notice Frees the stake on `from` where its staker has another on `to`, which stands on it, with whatever others in between: the
    /// lower one stands for both from then on. Both at least 1/1024 of the challenge period apart. Anyone may call; moving again changes nothing.
    /// @custom:reverts StakeNotMovable, AssertionNotFound.
    function moveStake(bytes32 from, bytes32 to) external;
}
