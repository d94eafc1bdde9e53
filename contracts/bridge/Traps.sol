// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Histories} from "../games/shared/Histories.sol";
import {Names} from "../games/shared/Names.sol";
import {IAssertionGame} from "../interfaces/IAssertionGame.sol";
import {IExit} from "../interfaces/IExit.sol";
import {IInbox} from "../interfaces/IInbox.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";

/// @title Traps: where the confirmed history of L2 ends
library Traps {
    bytes32 private constant TAG_MESSAGE = keccak256("solvent.message");

    /// @notice Reverts unless `lastRoot` is the last root that is not zero of the history that the queue has confirmed.
    /// @dev There is one at most. Confirmed assertions are one chain, and each stands for every leaf of its tree, for a rival that
    /// differs in any leaf is another edge. `lastRoot` has a preimage and so is not zero; it stands right before a zero leaf, be
    /// it in the same tree or as the parent's output root: no later assertion of the chain, which starts at zero, has such a place.
    /// No walk: the id of the assertion binds its parent's output root and its own root.
    /// @return assertion The assertion with the zero root.
    function requireLastRoot(
        IExit.TrapProof calldata proof,
        ISettlement queue,
        bytes32 lastRoot
    ) internal view returns (bytes32 assertion) {
        (, , address game) = queue.gameAtIndex(proof.disputeGameIndex);
        if (!queue.isGameClaimValid(game) || IAssertionGame(game).rootClaim() != 0) revert IExit.NoConfirmedTrap();
        uint8 height = queue.heightOf(0);
        bytes32 place = Names.assertionPlace(Names.originHash(proof.origin), height);
        bytes32 actual = Names.assertionId(place, proof.root);
        assertion = IAssertionGame(game).assertion();
        if (actual != assertion) revert IExit.TrapMismatch(actual, assertion);

        uint256 index = proof.index;
        _requireLeaf(bytes32(0), index, proof.trapPath, height, proof.root);
        if (index == 0) {
            if (proof.origin.start != lastRoot) revert IExit.NotInHistory(0);
        } else _requireLeaf(lastRoot, index - 1, proof.lastPath, height, proof.root);
    }

    /// @notice The hash of a delayed message.
    /// @custom:source Twin of `_send` in contracts/inbox/Inbox.sol, equal by test/contracts/exit.test.ts.
    function messageHash(IExit.Message calldata message, IInbox inbox, uint256 index) internal view returns (bytes32) {
        bytes32 previous = index == 0 ? bytes32(0) : inbox.messageHash(index - 1);
        return keccak256(abi.encode(TAG_MESSAGE, previous, inbox, message));
    }

    /// @notice Reverts unless the message is number `index` of the inbox, and one that L2 had not taken in at the last root.
    function requireUnconsumed(
        IExit.Message calldata message,
        IInbox inbox,
        uint256 index,
        uint256 consumed
    ) internal view {
        if (index < consumed) revert IExit.MessageConsumed(index, consumed);
        bytes32 actual = messageHash(message, inbox, index);
        bytes32 required = inbox.messageHash(index);
        if (actual != required) revert IExit.MessageMismatch(actual, required);
    }

    function _requireLeaf(
        bytes32 leaf,
        uint256 index,
        bytes32[] calldata path,
        uint256 height,
        bytes32 root
    ) private pure {
        bool isInside = path.length == height && index >> height == 0;
        if (!isInside || Histories.rootByLeaf(leaf, index, path) != root) revert IExit.NotInHistory(index);
    }
}
