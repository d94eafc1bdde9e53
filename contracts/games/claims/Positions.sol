// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Places in the tree of claims, as generalised indices: 1 is the root, 2p and 2p + 1 are the halves of p
/// @dev A claim says what the last leaf below its position is. INVARIANT: answers stand at even positions, so on one path no two
/// claims are about the same leaf.
/// @custom:source docs/spec/16-claims.md#positions. Twin: games/claims/position.ts.
library Positions {
    uint64 internal constant ROOT = 1;

    function depthOf(uint64 position) internal pure returns (uint256) {
        return Math.log2(position);
    }

    /// @notice From the left among the positions of that depth.
    function indexOf(uint64 position, uint256 depth) internal pure returns (uint256) {
        return position - (1 << depth);
    }

    /// @notice Where an answer stands: left half of the claim's own, or of its right neighbour's.
    function answerTo(uint64 position, bool isAttack) internal pure returns (uint64) {
        return 2 * (isAttack ? position : position + 1);
    }

    /// @notice Number of the leaf that a claim is about: among those of its own history.
    /// @param top Depth of that history's root. @param bottom Depth of its leaves.
    function leafOf(uint64 position, uint256 depth, uint256 top, uint256 bottom) internal pure returns (uint256) {
        uint256 index = indexOf(position, depth) & ((1 << (depth - top)) - 1);
        return ((index + 1) << (bottom - depth)) - 1;
    }
}
