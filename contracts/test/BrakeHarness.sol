// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Brake} from "../bridge/Brake.sol";

/// @title BrakeHarness: a brake over payments that move nothing, for plays of many
contract BrakeHarness is Brake {
    event Paid(bytes32 indexed key);

    constructor(Limit[] memory limits) Brake(limits) {}

    function pay(bytes32 key, address asset, uint256 amount) external {
        if (_passesBrake(key, asset, amount)) emit Paid(key);
    }
}
