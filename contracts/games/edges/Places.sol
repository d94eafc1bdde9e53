// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "../shared/Hashes.sol";
import {IDispute} from "../../interfaces/IDispute.sol";
import {IOneStepProver} from "../../interfaces/IOneStepProver.sol";

/// @title Names of edges: what binds a subtree to its past
/// @dev Edges with equal mutual ids agree on the state before them, the inbox and every leaf to their left.
/// @custom:source docs/spec/06-game.md#ids. Twin: games/edges/place.ts, equal by test/contracts/game/model.test.ts.
library Places {
    bytes32 internal constant TAG_MUTUAL = keccak256("solvent.mutual");
    bytes32 internal constant TAG_EDGE = keccak256("solvent.edge");
    bytes32 internal constant TAG_PREFIX = keccak256("solvent.prefix");
    bytes32 internal constant TAG_ORIGIN = keccak256("solvent.origin");
    bytes32 internal constant TAG_INBOX = keccak256("solvent.inboxState");

    /// @notice Prefix of a tree's root: nothing stands to its left.
    bytes32 internal constant EMPTY_PREFIX = 0;

    function mutualId(IDispute.At calldata place) internal pure returns (bytes32) {
        return mutualId(place.level, place.origin, place.height, place.index, place.prefix);
    }

    /// @notice The same of a place in memory.
    function mutualIdOf(IDispute.At memory place) internal pure returns (bytes32) {
        return mutualId(place.level, place.origin, place.height, place.index, place.prefix);
    }

    function mutualId(
        uint256 level,
        bytes32 origin,
        uint256 height,
        uint256 index,
        bytes32 prefix
    ) internal pure returns (bytes32) {
        return Hashes.ofWords(TAG_MUTUAL, level, origin, height, index, prefix);
    }

    function edgeId(bytes32 mutualId_, bytes32 root, bytes32 claim) internal pure returns (bytes32) {
        return Hashes.ofWords(TAG_EDGE, mutualId_, root, claim);
    }

    /// @notice Mutual id of the left half: the prefix stays.
    function leftMutualId(IDispute.At calldata place) internal pure returns (bytes32) {
        return mutualId(place.level, place.origin, uint256(place.height) - 1, 2 * uint256(place.index), place.prefix);
    }

    /// @notice Mutual id of the right half: the left one joins the prefix.
    function rightMutualId(IDispute.At calldata place, bytes32 left) internal pure returns (bytes32) {
        bytes32 prefix = chain(place.prefix, left);
        return mutualId(place.level, place.origin, uint256(place.height) - 1, 2 * uint256(place.index) + 1, prefix);
    }

    /// @notice The prefix after passing one more left sibling.
    function chain(bytes32 prefix, bytes32 left) internal pure returns (bytes32) {
        return Hashes.ofWords(TAG_PREFIX, prefix, left);
    }

    function originHash(bytes32 above, bytes32 start, bytes32 inbox) internal pure returns (bytes32) {
        return Hashes.ofWords(TAG_ORIGIN, above, start, inbox);
    }

    function originHash(IDispute.Origin calldata origin) internal pure returns (bytes32) {
        return originHash(origin.above, origin.start, origin.inbox);
    }

    function inboxHash(IOneStepProver.InboxState memory inbox) internal pure returns (bytes32) {
        return
            keccak256(abi.encode(TAG_INBOX, inbox.batchCount, inbox.lastBatch, inbox.delayedCount, inbox.lastDelayed));
    }
}
