// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The tournament's clocks
/// @custom:source docs/spec/17-tournament.md. Twin: simulator/lab/games/tournament/clock.ts.
library Clocks {
    /// @notice What is left after an answer or a win that took `used`, less than `left`. The response budget is forgiven once an answer, and
    /// cannot be saved up.
    function afterAnswer(uint40 left, uint40 used, uint40 budget) internal pure returns (uint40) {
        return used > budget ? left - (used - budget) : left;
    }

    /// @notice What a side is left that wins an inner tournament: what it carried, the time to build a commitment and two inclusions, but
    /// no more than the pair had.
    function afterInner(
        uint40 one,
        uint40 two,
        uint40 carried,
        uint40 buildTime,
        uint40 budget
    ) internal pure returns (uint40) {
        uint40 most = one > two ? one : two;
        uint40 refilled = carried + buildTime + 2 * budget;
        return refilled < most ? refilled : most;
    }
}
