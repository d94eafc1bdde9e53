// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Order} from "./Order.sol";
import {Blobs} from "./data/Blobs.sol";
import {Rotation} from "./sequencing/rotation/Rotation.sol";

/// @title RotatingBlobInbox: several sequencers in turns, whose batches are blobs or calldata
contract RotatingBlobInbox is Order, Blobs, Rotation {
    constructor(
        Parameters memory parameters,
        address[] memory founders,
        address portal_,
        uint64 blockGasLimit_,
        uint64 forceDelay_
    ) payable Order(portal_, blockGasLimit_, forceDelay_) Rotation(parameters, founders) {}
}
