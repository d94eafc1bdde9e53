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

    /// @notice No transaction on L1 could give the call that much gas.
    error GasLimitTooHigh(uint256 actual, uint256 required);
    /// @notice No transaction pool of L1 would take that much data, proof included.
    error DataTooLong(uint256 actual, uint256 required);
    /// @notice Gas and data together are more than one transaction on L1 may bring.
    error TooDearForL1(uint256 actual, uint256 required);
    /// @notice Ether that a contract sends without a call would go to an L1 address that it does not own: name the target.
    error SenderWithoutKey(address actual);

    /// @notice Records a call of `target` on L1 with the ether sent along, which stays here for good.
    /// @dev What no L1 transaction could ever pay is refused: the ether would be locked for good. `costOnL1` says what counts.
    /// @param gasLimit The least gas the call gets on L1; at most 15,000,000.
    /// @param data At most 90,000 bytes.
    /// @custom:reverts GasLimitTooHigh, DataTooLong, TooDearForL1.
    function initiateWithdrawal(address target, uint256 gasLimit, bytes memory data) external payable;

    /// @notice Gas, at most, of the transaction that finalises a withdrawal on L1; above 16,777,216 it is refused.
    function costOnL1(uint256 gasLimit, uint256 dataLength) external pure returns (uint256);

    /// @notice Whether a withdrawal was recorded. Slot 0.
    function sentMessages(bytes32 withdrawalHash) external view returns (bool);

    /// @notice Nonce of the next withdrawal; the upper two bytes are the version, 1.
    function messageNonce() external view returns (uint256);
}
