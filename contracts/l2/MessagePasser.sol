// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Aliasing} from "../inbox/Aliasing.sol";
import {IMessagePasser} from "../interfaces/IMessagePasser.sol";

/// @title MessagePasser
/// @dev Storage layout is consensus: `sentMessages` must stay in slot 0.
contract MessagePasser is IMessagePasser {
    uint16 public constant MESSAGE_VERSION = 1;
    // solhint-disable-next-line const-name-snakecase
    string public constant version = "1.2.0";
    /// @dev Gas on L1 of ether that is sent here without calldata.
    uint256 internal constant RECEIVE_GAS_LIMIT = 100_000;
    /// @dev Most that a transaction on L1 may bring. Source: EIP-7825.
    uint256 internal constant MAX_L1_TRANSACTION_GAS = 16_777_216;
    uint256 internal constant MAX_GAS_LIMIT = 15_000_000;
    /// @dev With proof and encoding it stays under the 131,072 bytes that transaction pools take.
    uint256 internal constant MAX_DATA_BYTES = 90_000;
    /// @dev For each byte: calldata (16), and copying and hashing it at that size; the rest is room for a repricing.
    uint256 internal constant L1_GAS_PER_BYTE = 40;
    /// @dev What finalising costs besides, by a margin of two.
    uint256 internal constant L1_BASE_GAS = 400_000;

    mapping(bytes32 withdrawalHash => bool) public sentMessages;
    uint240 internal _nonce;

    /// @notice Withdraws ether to the sender's own address, which on L1 is its own only if it has a key.
    /// @custom:reverts SenderWithoutKey.
    receive() external payable {
        initiateWithdrawal(_keyedSender(), RECEIVE_GAS_LIMIT, "");
    }

    /// @inheritdoc IMessagePasser
    function initiateWithdrawal(address target, uint256 gasLimit, bytes memory data) public payable {
        if (gasLimit > MAX_GAS_LIMIT) revert GasLimitTooHigh(gasLimit, MAX_GAS_LIMIT);
        if (data.length > MAX_DATA_BYTES) revert DataTooLong(data.length, MAX_DATA_BYTES);
        uint256 cost = costOnL1(gasLimit, data.length);
        if (cost > MAX_L1_TRANSACTION_GAS) revert TooDearForL1(cost, MAX_L1_TRANSACTION_GAS);
        uint256 nonce = messageNonce();
        bytes32 withdrawalHash = keccak256(abi.encode(nonce, msg.sender, target, msg.value, gasLimit, data));
        sentMessages[withdrawalHash] = true;
        unchecked {
            ++_nonce;
        }
        emit MessagePassed(nonce, msg.sender, target, msg.value, gasLimit, data, withdrawalHash);
    }

    /// @inheritdoc IMessagePasser
    /// @dev All but a 64th part of what is left can be handed on.
    function costOnL1(uint256 gasLimit, uint256 dataLength) public pure returns (uint256) {
        return L1_BASE_GAS + (gasLimit * 64) / 63 + 1 + L1_GAS_PER_BYTE * dataLength;
    }

    /// @inheritdoc IMessagePasser
    function messageNonce() public view returns (uint256) {
        return (uint256(MESSAGE_VERSION) << 240) | _nonce;
    }

    function _keyedSender() private view returns (address) {
        if (!Aliasing.isKeyed(msg.sender)) revert SenderWithoutKey(msg.sender);
        return msg.sender;
    }
}
