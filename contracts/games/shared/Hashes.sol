// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title keccak256 of a few words: what `keccak256(abi.encode(...))` gives, without keeping the memory
/// @dev A bisection hashes eight times; each of them costs half as much here. Equal to the twin by test/contracts/game/model.test.ts.
library Hashes {
    function ofWords(bytes32 a, bytes32 b, bytes32 c) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, a)
            mstore(add(at, 0x20), b)
            mstore(add(at, 0x40), c)
            hash := keccak256(at, 0x60)
        }
    }

    function ofWords(bytes32 a, bytes32 b, bytes32 c, bytes32 d) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, a)
            mstore(add(at, 0x20), b)
            mstore(add(at, 0x40), c)
            mstore(add(at, 0x60), d)
            hash := keccak256(at, 0x80)
        }
    }

    function ofWords(
        bytes32 a,
        uint256 b,
        bytes32 c,
        uint256 d,
        uint256 e,
        bytes32 f
    ) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, a)
            mstore(add(at, 0x20), b)
            mstore(add(at, 0x40), c)
            mstore(add(at, 0x60), d)
            mstore(add(at, 0x80), e)
            mstore(add(at, 0xa0), f)
            hash := keccak256(at, 0xc0)
        }
    }
}
