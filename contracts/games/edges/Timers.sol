// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EdgeWord, MutualWord} from "./Words.sol";

/// @title Time that edges earn, in L1 seconds, saturating at infinity
/// @dev Reads `block.timestamp`, never block numbers (they are not L1's everywhere).
/// @custom:source docs/spec/06-game.md#time. Twin: games/edges/timers.ts.
library Timers {
    /// @notice What a proven leaf has earned.
    uint40 internal constant INFINITE = type(uint40).max;

    function nowSeconds() internal view returns (uint40) {
        return uint40(block.timestamp);
    }

    /// @notice From the edge's creation until its place was rivalled; nothing for those who come later.
    function own(EdgeWord edge, MutualWord mutual) internal view returns (uint40) {
        uint40 end = mutual.isRivalled() ? mutual.rivalledAt() : nowSeconds();
        uint40 created = edge.created();
        return end > created ? end - created : 0;
    }

    /// @notice What the edge shows without a call of its own. Proven leaves carry an infinite timer.
    function live(EdgeWord edge, MutualWord mutual) internal view returns (uint40) {
        uint40 own_ = own(edge, mutual);
        uint40 cached = edge.timer();
        return cached > own_ ? cached : own_;
    }

    function add(uint40 a, uint40 b) internal pure returns (uint40) {
        return b > INFINITE - a ? INFINITE : a + b;
    }

    function min(uint40 a, uint40 b) internal pure returns (uint40) {
        return a < b ? a : b;
    }
}
