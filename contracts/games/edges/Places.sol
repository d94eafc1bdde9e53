// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "../../interfaces/IDispute.sol";
import {Hashes} from "../shared/Hashes.sol";
import {Names} from "../shared/Names.sol";

/// @title Names of edges: what binds a subtree to its past
/// @dev Edges with equal mutual ids agree on the state before them, the inbox and every leaf to their left.
/// @custom:source docs/spec/06-game.md#ids. Twin: games/edges/place.ts, equal by test/contracts/game/model.test.ts.
library Places {
    bytes32 internal constant TAG_PREFIX = keccak256("solvent.prefix");

    function mutualId(IDispute.At calldata place) internal pure returns (bytes32) {
        return Names.mutualId(place.level, place.origin, place.height, place.index, place.prefix);
    }

    /// @notice The same of a place in memory.
    function mutualIdOf(IDispute.At memory place) internal pure returns (bytes32) {
        return Names.mutualId(place.level, place.origin, place.height, place.index, place.prefix);
    }

    /// @notice Mutual id of the left half: the prefix stays.
    function leftMutualId(IDispute.At calldata place) internal pure returns (bytes32) {
        return
            Names.mutualId(
                place.level,
                place.origin,
                uint256(place.height) - 1,
                2 * uint256(place.index),
                place.prefix
            );
    }

    /// @notice Mutual id of the right half: the left one joins the prefix.
    function rightMutualId(IDispute.At calldata place, bytes32 left) internal pure returns (bytes32) {
        bytes32 prefix = chain(place.prefix, left);
        return
            Names.mutualId(place.level, place.origin, uint256(place.height) - 1, 2 * uint256(place.index) + 1, prefix);
    }

    /// @notice The prefix after passing one more left sibling.
    function chain(bytes32 prefix, bytes32 left) internal pure returns (bytes32) {
        return Hashes.ofWords(TAG_PREFIX, prefix, left);
    }
}
