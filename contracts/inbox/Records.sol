// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Records: the hash chain over batches
/// @custom:source docs/spec/01-interfaces.md#hashes. Twin: `batchRecordHash` in protocol, equal by test/contracts/inbox.test.ts.
library Records {
    bytes32 internal constant TAG = keccak256("solvent.batch");

    /// @notice The record of a batch that comes behind the one with record `previous`.
    function hash(
        bytes32 previous,
        bytes32 chunksHash,
        uint256 delayedCount,
        uint256 l1Number,
        uint256 l1Time
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG, previous, chunksHash, delayedCount, l1Number, l1Time));
    }
}
