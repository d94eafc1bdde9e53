// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Order} from "./Order.sol";
import {Blobs} from "./data/Blobs.sol";
import {Single} from "./sequencing/Single.sol";

/// @title BlobInbox: one sequencer, whose batches are blobs or calldata
contract BlobInbox is Order, Blobs, Single {
    constructor(
        address sequencer_,
        address portal_,
        uint64 blockGasLimit_,
        uint64 forceDelay_
    ) Order(portal_, blockGasLimit_, forceDelay_) Single(sequencer_) {
        if (sequencer_ == address(0)) revert BadParameter("sequencer");
    }
}
