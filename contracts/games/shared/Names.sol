// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDisputeGame} from "../../interfaces/IDisputeGame.sol";
import {IOneStepProver} from "../../interfaces/IOneStepProver.sol";
import {Hashes} from "./Hashes.sol";

/// @title Names that every game gives alike: of assertions, of where they stand, of what they start from
/// @custom:source docs/spec/06-game.md#ids. Twin: games/names.ts, games/edges/place.ts, equal by test/contracts/game/model.test.ts.
library Names {
    bytes32 internal constant TAG_MUTUAL = keccak256("solvent.mutual");
    bytes32 internal constant TAG_EDGE = keccak256("solvent.edge");
    bytes32 internal constant TAG_ORIGIN = keccak256("solvent.origin");
    bytes32 internal constant TAG_INBOX = keccak256("solvent.inboxState");

    /// @notice Prefix of a tree's root: nothing stands to its left.
    bytes32 internal constant EMPTY_PREFIX = 0;

    /// @notice Where all assertions that start from this origin stand.
    /// @param height Of level 0.
    function assertionPlace(bytes32 origin, uint8 height) internal pure returns (bytes32) {
        return mutualId(0, origin, height, 0, EMPTY_PREFIX);
    }

    /// @notice Equal to `edgeId(place, root, 0)`: edges says it so, for 5 gas.
    /// @param root What the assertion says, as its game judges it.
    function assertionId(bytes32 place, bytes32 root) internal pure returns (bytes32) {
        return edgeId(place, root, 0);
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

    function originHash(bytes32 above, bytes32 start, bytes32 inbox) internal pure returns (bytes32) {
        return Hashes.ofWords(TAG_ORIGIN, above, start, inbox);
    }

    function originHash(IDisputeGame.Origin calldata origin) internal pure returns (bytes32) {
        return originHash(origin.above, origin.start, origin.inbox);
    }

    function inboxHash(IOneStepProver.InboxState memory inbox) internal pure returns (bytes32) {
        return
            keccak256(abi.encode(TAG_INBOX, inbox.batchCount, inbox.lastBatch, inbox.delayedCount, inbox.lastDelayed));
    }
}
