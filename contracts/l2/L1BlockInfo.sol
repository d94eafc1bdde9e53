// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title L1BlockInfo: what the last consumed message recorded of L1, and the chain's configuration
/// @notice Predeploy 0x4200000000000000000000000000000000000015. Storage layout is consensus: slots 0 to 2 are written by the program
/// itself, slots 0x100 to 0x106 by genesis and by nothing else.
/// @custom:source docs/spec/01-interfaces.md#predeploys.
contract L1BlockInfo {
    /// @notice Number of the L1 block. Slot 0, lower 64 bits.
    uint64 public number;
    /// @notice Time of the L1 block, in seconds. Slot 0, next 64 bits.
    uint64 public timestamp;
    /// @notice Base fee of the L1 block, in wei. Slot 1.
    uint256 public basefee;
    /// @notice Hash of the L1 block's parent. Slot 2.
    bytes32 public parentHash;

    uint256[0xfd] private _gap;

    /// @notice Chain id. Slot 0x100.
    uint256 public chainId;
    /// @notice Block gas limit. Slot 0x101.
    uint256 public blockGasLimit;
    /// @notice Minimum base fee, in wei. Slot 0x102.
    uint256 public minimumBaseFee;
    /// @notice Fee vault. Slot 0x103.
    address public feeVault;
    /// @notice Longest input of a host precompile, in bytes; 0 is no bound. Slot 0x104.
    uint256 public maxPrecompileInput;
    /// @notice How long before its batch a sequenced block may be, in seconds; 0 is no bound. Slot 0x105.
    uint256 public maxDelay;
    /// @notice How long after its batch a sequenced block may be, in seconds; 0 is no bound. Slot 0x106.
    uint256 public maxAhead;

    /// @notice Wei that a transaction pays an operator for its gas, in millionths: none. Clients of the OP Stack ask.
    function operatorFeeScalar() external pure returns (uint32) {
        return 0;
    }

    /// @notice Wei that a transaction pays an operator beside its gas: none.
    function operatorFeeConstant() external pure returns (uint64) {
        return 0;
    }
}
