// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Order} from "./Order.sol";
import {Altda} from "./data/Altda.sol";
import {Single} from "./sequencing/Single.sol";

/// @title AltdaInbox: one sequencer, whose batches are off L1 and can be challenged
contract AltdaInbox is Order, Altda, Single {
    constructor(
        address sequencer_,
        address portal_,
        uint64 blockGasLimit_,
        uint64 forceDelay_,
        uint64 challengeWindow_,
        uint64 resolveWindow_,
        uint256 challengeBond_
    )
        Order(portal_, blockGasLimit_, forceDelay_)
        Altda(challengeWindow_, resolveWindow_, challengeBond_)
        Single(sequencer_)
    {
        if (sequencer_ == address(0)) revert BadParameter("sequencer");
    }
}
