// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Releases of tokens that wait for the brake
/// @notice The portal's call to `releaseToken` succeeds and the withdrawal is finalised; the tokens stay on the books until they leave.
/// @custom:source docs/spec/08-bridge.md#brake
interface IHeldReleases {
    /// @param from Who burnt on L2. @param to Receiver on L1. @param amount Tokens of L2.
    struct HeldRelease {
        uint256 index;
        address l1Token;
        address from;
        address to;
        uint256 amount;
    }

    /// @param key keccak of the release as the ABI encodes it.
    event ReleaseHeld(
        bytes32 indexed key,
        address indexed l1Token,
        address indexed to,
        uint256 index,
        address from,
        uint256 amount
    );

    /// @notice No such release waits.
    error NothingHeld(bytes32 key);

    /// @notice Pays a release that waits, for anyone, once: when it fits, or its time has come.
    /// @custom:reverts NothingHeld, StillHeld(until), and as the token does: it then goes on waiting.
    /// @custom:gas pinned as "braked token bridge: ..." in test/snapshots.
    function releaseHeld(HeldRelease calldata held) external;

    /// @notice Releases that ever waited.
    function heldCount() external view returns (uint256);
}
