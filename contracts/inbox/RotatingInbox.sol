// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Order} from "./Order.sol";
import {Calldata} from "./data/Calldata.sol";
import {Rotation} from "./sequencing/rotation/Rotation.sol";

/// @title RotatingInbox: several sequencers in turns, whose batches are calldata
contract RotatingInbox is Order, Calldata, Rotation {
    constructor(
        Parameters memory parameters,
        address[] memory founders,
        address portal_,
        uint64 blockGasLimit_,
        uint64 forceDelay_
    ) payable Order(portal_, blockGasLimit_, forceDelay_) Rotation(parameters, founders) {
        for (uint256 i = 0; i < founders.length; i++) if (!_canCommit(founders[i])) revert BadParameter("founders");
    }
}
