// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Message passer: records withdrawals where L1 can prove them
/// @notice Predeploy 0x4200000000000000000000000000000000000016; its storage root is part of every output root.
/// @custom:source docs/spec/08-bridge.md#withdrawals; OP Stack, L2ToL1MessagePasser.
interface IMessagePasser {
    event MessagePassed(
        uint256 indexed nonce,
        address indexed sender,
        address indexed target,
        uint256 value,
        uint256 gasLimit,
        bytes data,
        bytes32 withdrawalHash
    );

    /// @notice Records a call of `target` on L1 with the ether sent along, which stays here for good.
    /// @param gasLimit The least gas the call gets on L1.
    function initiateWithdrawal(address target, uint256 gasLimit, bytes memory data) external payable;

    /// @notice Whether a withdrawal was recorded. Slot 0.
    function sentMessages(bytes32 withdrawalHash) external view returns (bool);

    /// @notice Nonce of the next withdrawal; the upper two bytes are the version, 1.
    function messageNonce() external view returns (uint256);
}
