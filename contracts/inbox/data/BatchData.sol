// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title BatchData: what the order of batches asks of their bytes
abstract contract BatchData {
    /// @dev Whether this account could bring bytes at all.
    function _canCommit(address account) internal view virtual returns (bool);

    /// @dev Checks and commits to the bytes that the caller brings. May revert for who calls and how, never for what the bytes mean.
    /// @return chunksHash As `Chunks.hash` of the bytes.
    function _commit(bytes calldata data) internal virtual returns (bytes32 chunksHash);
}
