// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Order} from "./Order.sol";
import {Altda} from "./data/Altda.sol";
import {Rotation} from "./sequencing/rotation/Rotation.sol";

/// @title RotatingAltdaInbox: several sequencers in turns, whose batches are off L1 and can be challenged
/// @dev INVARIANT: its ether is the members' stakes, what was burnt, the bonds of open challenges, and bonds that are not withdrawn.
contract RotatingAltdaInbox is Order, Altda, Rotation {
    constructor(
        Parameters memory parameters,
        address[] memory founders,
        address portal_,
        uint64 blockGasLimit_,
        uint64 forceDelay_,
        uint64 challengeWindow_,
        uint64 resolveWindow_,
        uint256 challengeBond_
    )
        payable
        Order(portal_, blockGasLimit_, forceDelay_)
        Altda(challengeWindow_, resolveWindow_, challengeBond_)
        Rotation(parameters, founders)
    {}
}
