// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {L1BlockInfo} from "./L1BlockInfo.sol";
import {Predeploys} from "./Predeploys.sol";

/// @title GasPriceOracle: what clients of the OP Stack ask before they send
/// @notice Predeploy 0x420000000000000000000000000000000000000F. A transaction pays for its L2 gas alone: its share of a batch's cost on L1
/// is not charged for, so that whatever a client adds for L1 or for an operator is zero.
/// @custom:source ethereum-optimism/specs, specs/protocol/predeploys.md#gaspriceoracle: names and units.
contract GasPriceOracle {
    /// @notice Decimals of `scalar`.
    uint256 public constant DECIMALS = 6;

    /// @notice Base fee of L2, in wei.
    function gasPrice() external view returns (uint256) {
        return block.basefee;
    }

    /// @notice Base fee of L2, in wei.
    function baseFee() external view returns (uint256) {
        return block.basefee;
    }

    /// @notice Base fee of the newest L1 block that L2 knows, in wei. Informs; nothing is charged by it.
    function l1BaseFee() external view returns (uint256) {
        return L1BlockInfo(Predeploys.L1_BLOCK_INFO).basefee();
    }

    /// @notice Wei that a transaction pays for its bytes on L1: none.
    function getL1Fee(bytes calldata) external pure returns (uint256) {
        return 0;
    }

    /// @notice The most wei that a transaction of so many bytes pays for them: none.
    function getL1FeeUpperBound(uint256) external pure returns (uint256) {
        return 0;
    }

    /// @notice L1 gas that a transaction is charged for: none.
    function getL1GasUsed(bytes calldata) external pure returns (uint256) {
        return 0;
    }

    /// @notice Wei that a transaction pays to an operator beside its gas: none.
    function getOperatorFee(uint256) external pure returns (uint256) {
        return 0;
    }

    /// @notice Gas that each transaction is charged for beside its bytes on L1: none.
    function overhead() external pure returns (uint256) {
        return 0;
    }

    /// @notice By what L1's part is multiplied: nothing.
    function scalar() external pure returns (uint256) {
        return 0;
    }

    function baseFeeScalar() external pure returns (uint32) {
        return 0;
    }

    function blobBaseFee() external pure returns (uint256) {
        return 0;
    }

    function blobBaseFeeScalar() external pure returns (uint32) {
        return 0;
    }

    function decimals() external pure returns (uint256) {
        return DECIMALS;
    }

    /// @notice Whether fees follow the rules of that upgrade: a client takes the newest of its formulas, which come to zero.
    function isEcotone() external pure returns (bool) {
        return true;
    }

    function isFjord() external pure returns (bool) {
        return true;
    }

    function isJovian() external pure returns (bool) {
        return true;
    }

    function version() external pure returns (string memory) {
        return "1.0.0";
    }
}
