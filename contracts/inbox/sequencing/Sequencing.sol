// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Sequencing: what the order of batches asks of turns
abstract contract Sequencing {
    /// @dev Reverts unless the caller may append a batch now.
    /// @param delayedCount Delayed messages consumed when that batch is done.
    function _takeTurn(uint256 delayedCount) internal virtual;

    /// @dev Of the order: count of messages that are consumed or overdue.
    function _overdueCount() internal view virtual returns (uint256);

    /// @dev Of the order: time of the L1 block of the last batch that was somebody's turn; 0 before the first.
    function _lastPost() internal view virtual returns (uint64);
}
