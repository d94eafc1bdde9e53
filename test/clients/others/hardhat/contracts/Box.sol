// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

/// @title Box: what stands behind a proxy first
contract Box is Initializable {
    uint256 public value;

    function initialize(uint256 value_) external initializer {
        value = value_;
    }
}

/// @title BoxV2: takes its place
contract BoxV2 is Initializable {
    uint256 public value;

    function increment() external {
        ++value;
    }
}

/// @title BoxMoved: may not, for its value lies elsewhere
contract BoxMoved is Initializable {
    address public owner;
    uint256 public value;
}
