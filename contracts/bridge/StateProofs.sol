// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";

/// @title StateProofs: accounts and slots of L2 under a state root
/// @dev Proofs are trie nodes from the root down, as eth_getProof gives them, each used. A wrong one reverts with
/// TrieProofTraversalError or in RLP. Only what is there can be proven, not that something is not.
library StateProofs {
    using RLP for bytes;
    using RLP for Memory.Slice;

    struct Account {
        uint256 balance;
        bytes32 storageRoot;
        bytes32 codeHash;
    }

    /// @notice The account at `who` under a state root.
    function account(bytes32 stateRoot, address who, bytes[] memory nodes) internal pure returns (Account memory) {
        bytes memory leaf = TrieProof.traverse(stateRoot, abi.encodePacked(keccak256(abi.encodePacked(who))), nodes);
        Memory.Slice[] memory fields = leaf.decodeList();
        return Account(fields[1].readUint256(), fields[2].readBytes32(), fields[3].readBytes32());
    }

    /// @notice A slot's value, which is not 0, under a storage root.
    function slot(bytes32 storageRoot, bytes32 key, bytes[] memory nodes) internal pure returns (uint256) {
        return TrieProof.traverse(storageRoot, abi.encodePacked(keccak256(abi.encode(key))), nodes).decodeUint256();
    }

    /// @notice Slot of `mapping(address => ...)` at `position` for a key.
    function mappingSlot(address key, uint256 position) internal pure returns (bytes32) {
        return keccak256(abi.encode(key, position));
    }
}
