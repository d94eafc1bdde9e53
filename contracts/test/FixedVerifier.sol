// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IProofVerifier} from "../interfaces/IProvenSum.sol";

/// @title A verifier that says what it is told, for tests of what hangs on its word
contract FixedVerifier is IProofVerifier {
    bool public immutable answer;

    constructor(bool answer_) {
        answer = answer_;
    }

    /// @inheritdoc IProofVerifier
    function verify(bytes calldata, bytes32[] calldata) external view override returns (bool) {
        return answer;
    }
}
