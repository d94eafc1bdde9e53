// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title BatchData: what the order of batches asks of their bytes
/// @dev A batch that was appended has its place for ever. When it counts (for assertions and proofs), and whether with the bytes that were
/// committed to or with none, is the data mode's to say.
abstract contract BatchData {
    /// @dev Whether this account could bring bytes at all.
    function _canCommit(address account) internal view virtual returns (bool);

    /// @dev Checks and commits to the bytes that the caller brings. May revert for who calls and how, never for what the bytes mean.
    /// @return chunksHash As `Chunks.hash` of the bytes; of bytes in a blob the hash that `Blobs` makes.
    function _commit(bytes calldata data) internal virtual returns (bytes32 chunksHash);

    /// @dev Tells of a batch that was appended in this L1 block.
    /// @param forced It has no bytes, and nobody's turn was taken.
    function _announce(
        uint256 index,
        bytes32 record,
        bytes32 previous,
        bytes32 chunksHash,
        uint64 delayedCount,
        bool forced
    ) internal virtual;

    /// @dev How many batches count, of so many that were appended.
    function _counted(uint256 appended) internal view virtual returns (uint256);

    /// @dev Whether batch `index` counts, if it is there.
    function _isCounted(uint256 index) internal view virtual returns (bool);

    /// @dev How many batches were appended, whether they count or not.
    function _appendedCount() internal view virtual returns (uint256);

    /// @dev Record of batch `index` as it was written last, whether it counts or not; 0 when there is none.
    function _recordAt(uint256 index) internal view virtual returns (bytes32);

    /// @dev Writes another record for a batch that does not count yet.
    function _setRecord(uint256 index, bytes32 record) internal virtual;
}
