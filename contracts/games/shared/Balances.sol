// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IDisputeGame} from "../../interfaces/IDisputeGame.sol";

/// @title Balances from which stakes are taken and to which they return; several moves in one transaction
/// @dev Pull payments: a hostile receiver harms only itself.
abstract contract Balances is IDisputeGame {
    mapping(address => uint256) internal _balances;

    /// @inheritdoc IDisputeGame
    function deposit() external payable override {
        // A log for nothing would cost its sender next to nothing, and every reader of logs its time.
        if (msg.value == 0) return;
        _balances[msg.sender] += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    /// @inheritdoc IDisputeGame
    function withdraw(address payable to) external override returns (uint256 amount) {
        amount = _balances[msg.sender];
        if (amount == 0) return 0;
        _balances[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);
        (bool success, ) = to.call{value: amount}("");
        if (!success) revert TransferFailed();
    }

    /// @inheritdoc IDisputeGame
    function multicall(bytes[] calldata data) external override returns (bytes[] memory results) {
        results = new bytes[](data.length);
        for (uint256 i = 0; i < data.length; ++i) results[i] = Address.functionDelegateCall(address(this), data[i]);
    }

    /// @inheritdoc IDisputeGame
    function balanceOf(address account) external view override returns (uint256) {
        return _balances[account];
    }

    /// @dev Out of the caller's balance.
    function _debit(uint256 amount) internal {
        uint256 balance = _balances[msg.sender];
        if (balance < amount) revert InsufficientBalance(balance, amount);
        _balances[msg.sender] = balance - amount;
    }

    function _credit(address account, uint256 amount) internal {
        _balances[account] += amount;
    }
}
