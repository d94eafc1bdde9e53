// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Withdrawals} from "../bridge/Withdrawals.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {IProofVerifier, IProvenSum} from "../interfaces/IProvenSum.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";

/// @title ProvenSum
/// @dev The chain and this contract's own address are public inputs: a proof for another rollup has another one's.
contract ProvenSum is IProvenSum {
    using Withdrawals for IPortal.OutputRootProof;

    /// @param excess Of `total` over what L1 had taken in, when it was least.
    struct Sum {
        uint128 total;
        uint120 excess;
        bool isProven;
    }

    IPortal public immutable portal;
    ISettlement public immutable queue;
    IProofVerifier public immutable verifier;

    mapping(bytes32 assertion => Sum) private _sums;

    /// @param portal_ Names the queue, and what L1 took in.
    /// @param verifier_ Generated from the circuit; its setup is trusted.
    constructor(IPortal portal_, IProofVerifier verifier_) {
        portal = portal_;
        queue = ISettlement(address(portal_.disputeGameFactory()));
        verifier = verifier_;
    }

    /// @inheritdoc IProvenSum
    function prove(
        uint256 disputeGameIndex,
        IPortal.OutputRootProof calldata output,
        uint128 total,
        bytes calldata proof
    ) external override {
        (, , address game) = queue.gameAtIndex(disputeGameIndex);
        ISettlement.Assertion memory assertion = queue.assertionOfGame(game);
        bytes32 outputRoot = output.outputRoot();
        if (outputRoot != assertion.outputRoot) revert OutputMismatch(outputRoot, assertion.outputRoot);
        if (!verifier.verify(proof, publicInputs(output.stateRoot, total))) revert ProofRefused();
        uint256 beyond = Math.min(Math.saturatingSub(total, portal.deposited()), type(uint120).max);
        _sums[assertion.id] = Sum(total, uint120(Math.max(_sums[assertion.id].excess, beyond)), true);
        emit SumProven(assertion.id, output.stateRoot, total);
    }

    /// @inheritdoc IProvenSum
    function publicInputs(bytes32 stateRoot, uint128 total) public view override returns (bytes32[] memory inputs) {
        inputs = new bytes32[](5);
        inputs[0] = stateRoot >> 128;
        inputs[1] = bytes32(uint256(uint128(uint256(stateRoot))));
        inputs[2] = bytes32(uint256(total));
        inputs[3] = bytes32(block.chainid);
        inputs[4] = bytes32(uint256(uint160(address(this))));
    }

    /// @inheritdoc IProvenSum
    function sumOf(bytes32 assertion) public view override returns (uint128 total, bool isProven) {
        Sum memory sum = _sums[assertion];
        return (sum.total, sum.isProven);
    }

    /// @inheritdoc IProvenSum
    function excessOf(bytes32 assertion) public view override returns (uint128 excess, bool isProven) {
        Sum memory sum = _sums[assertion];
        return (sum.excess, sum.isProven);
    }

    /// @inheritdoc IProvenSum
    function isCovered(bytes32 assertion) external view override returns (bool) {
        (uint128 excess, bool isProven) = excessOf(assertion);
        return isProven && excess == 0;
    }
}
