// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Brake: what leaves a bridge at once is bounded, and the rest is announced first
/// @notice A leaky bucket for each asset over *gross* outflow (net can be gamed: who deposits what he withdraws nets nothing). A
/// payment that fits is made at once. One that does not waits alone, at most the bucket's drain time from the first call on: then it
/// is paid whatever the bucket holds, and takes nothing from the others' room. No key, no veto, and no limit that changes.
/// @dev INVARIANT: what leaves within any `t` seconds is at most `capacity * (1 + t / drainTime)`, and payments of which L1 was told
/// `drainTime` before.
/// @custom:source docs/spec/08-bridge.md#brake
interface IBrake {
    /// @param asset L1 token; 0 for ether.
    /// @param capacity Units that may leave at once; not 0.
    /// @param drainTime Seconds in which a full bucket empties; not 0.
    struct Limit {
        address asset;
        uint128 capacity;
        uint32 drainTime;
    }

    /// @notice A payment waits. @param key What it is known by: see `heldUntil`.
    event PaymentHeld(bytes32 indexed key, address indexed asset, uint256 amount, uint64 until);

    /// @notice Under the OP Stack's name, so that its clients wait: the withdrawal is held.
    error OptimismPortal_ProofNotOldEnough();
    /// @notice The payment does not fit yet, and its time has not come.
    error StillHeld(uint64 until);
    /// @notice A limit of nothing, or a second one for the asset.
    error BadLimit(address asset);

    /// @notice L1 seconds from which a held payment is made whatever the bucket holds; 0 for one that was never held.
    /// @param key Of a withdrawal its hash; of an exit, in the portal, the account or the complement of the message's number.
    function heldUntil(bytes32 key) external view returns (uint64);

    /// @notice What would be paid at once now, in units of the asset; 2^256 - 1 where it has no limit.
    function roomOf(address asset) external view returns (uint256);

    /// @notice An asset's limit; zeros where it has none.
    function limitOf(address asset) external view returns (uint128 capacity, uint32 drainTime);
}
