// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title GasBurner: pays for L2 gas with L1 gas
library GasBurner {
    /// @notice Uses at least `amount` gas and less than 400 more; runs out of gas when there is less.
    function burn(uint256 amount) internal view {
        uint256 before = gasleft();
        uint256 sink;
        while (before - gasleft() < amount) {
            assembly ("memory-safe") {
                mstore(0x00, sink)
                sink := keccak256(0x00, 0x20)
            }
        }
    }
}
