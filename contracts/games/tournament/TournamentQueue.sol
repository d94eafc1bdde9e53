// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tournaments} from "./Tournaments.sol";

/// @title The queue of state roots settled by tournaments, as deployed
/// @notice No owner, no proxy, no pause: everything is fixed here.
contract TournamentQueue is Tournaments {
    /// @dev Machine steps of one run, as a power of two: no block of the program needs more.
    uint256 private constant STEPS_LOG2 = 34;

    /// @dev Adds to the checks of the parts: every run of the program must end inside its history.
    constructor(Parameters memory p) Tournaments(p) {
        if (uint256(p.heights[1]) + p.heights[2] < STEPS_LOG2) revert BadParameter("heights");
    }
}
