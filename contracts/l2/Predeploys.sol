// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Predeploys: addresses of L2's own contracts
/// @custom:source docs/spec/01-interfaces.md#predeploys.
library Predeploys {
    address internal constant L2_BRIDGE = 0x4200000000000000000000000000000000000010;
    address internal constant FEE_VAULT = 0x4200000000000000000000000000000000000011;
    address internal constant TOKEN_FACTORY = 0x4200000000000000000000000000000000000012;
    address internal constant L1_BLOCK_INFO = 0x4200000000000000000000000000000000000015;
    address internal constant MESSAGE_PASSER = 0x4200000000000000000000000000000000000016;
}
