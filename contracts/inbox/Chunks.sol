// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Chunks: the commitment to bytes that come from L1
/// @notice `keccak(TAG("chunks"), keccak(chunk 0), keccak(chunk 1), ...)` over chunks of 4,096 bytes, the last may be shorter; no
/// chunk for empty bytes. One chunk can be shown to the one-step prover without the others.
/// @custom:source docs/spec/01-interfaces.md#hashes. Twin: `chunksHash` in protocol, equal by test/contracts/inbox.twins.test.ts.
library Chunks {
    bytes32 internal constant TAG = keccak256("solvent.chunks");
    uint256 internal constant SIZE_BYTES = 4096;

    /// @notice Commits to `data`; memory grows by one chunk and one word per chunk, not by the data.
    function hash(bytes calldata data) internal pure returns (bytes32 result) {
        bytes32 tag = TAG;
        assembly ("memory-safe") {
            let count := shr(12, add(data.length, 4095))
            let list := mload(0x40)
            let scratch := add(list, shl(5, add(count, 1)))
            mstore(list, tag)
            let end := add(data.offset, data.length)
            let word := list
            for {
                let from := data.offset
            } lt(from, end) {
                from := add(from, 4096)
            } {
                let size := sub(end, from)
                if gt(size, 4096) {
                    size := 4096
                }
                calldatacopy(scratch, from, size)
                word := add(word, 32)
                mstore(word, keccak256(scratch, size))
            }
            result := keccak256(list, shl(5, add(count, 1)))
        }
    }
}
