// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Sequencing: what the order of batches asks of turns
abstract contract Sequencing {
    /// @dev Reverts unless the caller may append a batch now.
    /// @param delayedCount Delayed messages consumed when that batch is done.
    function _takeTurn(uint256 delayedCount) internal virtual;
}
