// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPortal} from "./IPortal.sol";

/// @title A generated verifier of proofs about one circuit
interface IProofVerifier {
    /// @notice Whether the proof holds; most wrong ones revert.
    function verify(bytes calldata proof, bytes32[] calldata publicInputs) external view returns (bool);
}

/// @title The ether of all accounts under an asserted state root, by a proof in zero knowledge
/// @notice No owner, and nobody is trusted but the verifier's setup: who knows the secret of that can prove any sum. The proof walks the
/// whole account trie and says nothing of whether the root is right: that is the game's.
/// @custom:source docs/spec/19-proof-of-solvency.md; the circuit: zk/circuit.
interface IProvenSum {
    event SumProven(bytes32 indexed assertion, bytes32 indexed stateRoot, uint128 total);

    /// @notice The preimage is none of the assertion's output root.
    error OutputMismatch(bytes32 actual, bytes32 required);
    /// @notice The verifier said no, where it did not revert by itself.
    error ProofRefused();

    /// @notice Records what the accounts under an assertion's state root hold together, the message passer included, where all stays that
    /// was ever withdrawn. By anyone, and for an assertion of any fate: the sum is true of its state either way.
    /// @param output Preimage of the assertion's output root.
    /// @param total Wei, exactly.
    /// @custom:reverts OutputMismatch, ProofRefused, the verifier's own errors.
    /// @custom:gas pinned as "proof of solvency: ..." in test/snapshots.
    function prove(
        uint256 disputeGameIndex,
        IPortal.OutputRootProof calldata output,
        uint128 total,
        bytes calldata proof
    ) external;

    /// @notice What a proof has to be about to be taken here: root in two halves, sum, chain id, this contract.
    function publicInputs(bytes32 stateRoot, uint128 total) external view returns (bytes32[] memory);

    /// @notice The sum under an assertion, in wei; `isProven` is false where nobody has proven one.
    function sumOf(bytes32 assertion) external view returns (uint128 total, bool isProven);

    /// @notice How much more that is than L1 had taken in when it was proven; of several proofs the most. Later deposits hide nothing.
    function excessOf(bytes32 assertion) external view returns (uint128 excess, bool isProven);

    /// @notice Whether a sum was proven and L1 had taken in as much: then balances and withdrawals under way are at most what is held.
    function isCovered(bytes32 assertion) external view returns (bool);
}
