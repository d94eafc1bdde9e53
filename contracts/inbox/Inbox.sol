// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Order} from "./Order.sol";
import {Calldata} from "./data/Calldata.sol";
import {Single} from "./sequencing/Single.sol";

/// @title Inbox: one sequencer, whose batches are calldata
contract Inbox is Order, Calldata, Single {
    constructor(
        address sequencer_,
        address portal_,
        uint64 blockGasLimit_,
        uint64 forceDelay_
    ) Order(portal_, blockGasLimit_, forceDelay_) Single(sequencer_) {
        if (sequencer_ == address(0) || !_canCommit(sequencer_)) revert BadParameter("sequencer");
    }
}
