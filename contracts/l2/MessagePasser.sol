// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMessagePasser} from "../interfaces/IMessagePasser.sol";

/// @title MessagePasser
/// @dev Storage layout is consensus: `sentMessages` must stay in slot 0.
contract MessagePasser is IMessagePasser {
    uint16 public constant MESSAGE_VERSION = 1;
    // solhint-disable-next-line const-name-snakecase
    string public constant version = "1.2.0";
    /// @dev Gas on L1 of ether that is sent here without calldata.
    uint256 internal constant RECEIVE_GAS_LIMIT = 100_000;

    mapping(bytes32 withdrawalHash => bool) public sentMessages;
    uint240 internal _nonce;

    /// @notice Withdraws ether to the sender's own address.
    receive() external payable {
        initiateWithdrawal(msg.sender, RECEIVE_GAS_LIMIT, "");
    }

    /// @inheritdoc IMessagePasser
    function initiateWithdrawal(address target, uint256 gasLimit, bytes memory data) public payable {
        uint256 nonce = messageNonce();
        bytes32 withdrawalHash = keccak256(abi.encode(nonce, msg.sender, target, msg.value, gasLimit, data));
        sentMessages[withdrawalHash] = true;
        unchecked {
            ++_nonce;
        }
        emit MessagePassed(nonce, msg.sender, target, msg.value, gasLimit, data, withdrawalHash);
    }

    /// @inheritdoc IMessagePasser
    function messageNonce() public view returns (uint256) {
        return (uint256(MESSAGE_VERSION) << 240) | _nonce;
    }
}
