// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "../../interfaces/IDispute.sol";
import {Histories} from "../shared/Histories.sol";
import {Names} from "../shared/Names.sol";
import {Places} from "../edges/Places.sol";

/// @title Edges of four quarters over the histories of `edges`, and where the quarters stand
/// @dev A quarter is a node two levels below: histories and their last-leaf proofs are binary, and the same in both games.
/// @custom:source docs/spec/21-wide.md#quarters. Twin: test/contracts/wide/trees.ts.
library Quads {
    /// @notice The node over four neighbours: what `Histories.node` gives of both pairs and of these.
    function node(bytes32[4] calldata quarters) internal pure returns (bytes32 hash) {
        bytes32 tag = Histories.TAG_NODE;
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, tag)
            calldatacopy(add(at, 0x20), quarters, 0x40)
            let left := keccak256(at, 0x60)
            calldatacopy(add(at, 0x20), add(quarters, 0x40), 0x40)
            mstore(add(at, 0x40), keccak256(at, 0x60))
            mstore(add(at, 0x20), left)
            hash := keccak256(at, 0x60)
        }
    }

    /// @notice Count of trailing zeros in base four: the height of the last left sibling of leaf `index`, which is not 0.
    function trailingZeros(uint256 index) internal pure returns (uint256 count) {
        while (index & 3 == 0) {
            index >>= 2;
            ++count;
        }
    }

    /// @notice The first quarter in which the two differ; 4 if none.
    function firstDifference(
        bytes32[4] calldata first,
        bytes32[4] calldata second
    ) internal pure returns (uint256 digit) {
        while (digit < 4 && first[digit] == second[digit]) ++digit;
    }

    /// @notice Where a quarter stands: each quarter to its left joins the prefix.
    /// @param spot Place of the edge above, of height 1 or more.
    function quarterOf(
        IDispute.At memory spot,
        bytes32[4] calldata quarters,
        uint256 digit
    ) internal pure returns (IDispute.At memory) {
        bytes32 prefix = spot.prefix;
        for (uint256 i = 0; i < digit; ++i) prefix = Places.chain(prefix, quarters[i]);
        uint64 index = 4 * spot.index + uint64(digit);
        return IDispute.At(spot.level, spot.origin, spot.height - 1, index, prefix, 0);
    }

    /// @notice The edge at a place, without a claim.
    function edgeId(bytes32 mutualId, bytes32 root) internal pure returns (bytes32) {
        return Names.edgeId(mutualId, root, 0);
    }
}
