// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {IPortal} from "../interfaces/IPortal.sol";

/// @title Withdrawals: hashes and proofs of what L2's message passer recorded
/// @custom:source docs/spec/08-bridge.md#withdrawals; OP Stack, Hashing and OptimismPortal2.
library Withdrawals {
    /// @dev Slot of `sentMessages` in the message passer, and what it holds for a recorded withdrawal.
    uint256 internal constant SENT_MESSAGES_SLOT = 0;
    bytes internal constant RECORDED = hex"01";

    /// @notice Identity of a withdrawal; the message passer's nonce makes it unique.
    function hash(IPortal.WithdrawalTransaction calldata tx_) internal pure returns (bytes32) {
        return keccak256(abi.encode(tx_.nonce, tx_.sender, tx_.target, tx_.value, tx_.gasLimit, tx_.data));
    }

    /// @notice The output root of which `proof` is the preimage.
    function outputRoot(IPortal.OutputRootProof calldata proof) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(proof.version, proof.stateRoot, proof.messagePasserStorageRoot, proof.latestBlockhash)
            );
    }

    /// @notice Whether the trie nodes lead from the storage root to the withdrawal's slot, each of them used.
    /// @dev Malformed RLP reverts.
    function isRecorded(
        bytes32 withdrawalHash,
        bytes32 storageRoot,
        bytes[] memory nodes
    ) internal pure returns (bool) {
        bytes32 slot = keccak256(abi.encode(withdrawalHash, SENT_MESSAGES_SLOT));
        return TrieProof.verify(RECORDED, storageRoot, abi.encodePacked(keccak256(abi.encode(slot))), nodes);
    }
}
