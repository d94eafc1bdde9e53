// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AssertionGames} from "../queue/AssertionGames.sol";
import {Assertions} from "../queue/Assertions.sol";

/// @title The queue with trees of any height, for models that are played through
contract ToyQueue is AssertionGames {
    constructor(Parameters memory p) Assertions(p) {}
}
