// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "./Hashes.sol";

/// @title History commitments: full binary Merkle trees over leaves as they are
/// @custom:source docs/spec/06-game.md#histories. Twin: games/history/history.ts.
library Histories {
    bytes32 internal constant TAG_NODE = keccak256("solvent.node");

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return Hashes.ofWords(TAG_NODE, left, right);
    }

    /// @notice Root of the tree whose last leaf is `leaf`.
    /// @param spine Left siblings on the right spine, bottom first; as many as the tree is high.
    function rootByLastLeaf(bytes32 leaf, bytes32[] calldata spine) internal pure returns (bytes32 root) {
        root = leaf;
        for (uint256 i = 0; i < spine.length; ++i) root = node(spine[i], root);
    }

    /// @notice Root of the tree whose leaf number `index` is `leaf`.
    /// @param path Siblings, bottom first; as many as the tree is high. `index` must be less than 2^height.
    function rootByLeaf(bytes32 leaf, uint256 index, bytes32[] calldata path) internal pure returns (bytes32 root) {
        root = leaf;
        for (uint256 i = 0; i < path.length; ++i) {
            root = (index >> i) & 1 == 0 ? node(root, path[i]) : node(path[i], root);
        }
    }

    /// @notice Count of trailing zero bits: the height of the last left sibling of leaf `index`. `index` is not 0.
    function trailingZeros(uint256 index) internal pure returns (uint256 count) {
        while (index & 1 == 0) {
            index >>= 1;
            ++count;
        }
    }
}
