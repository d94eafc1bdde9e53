// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMessagePasser} from "../interfaces/IMessagePasser.sol";
import {Predeploys} from "./Predeploys.sol";

/// @title FeeVault: collects base fees and tips
/// @notice Predeploy 0x4200000000000000000000000000000000000011. The program credits it with every block.
contract FeeVault {
    /// @dev The least gas of the payment on L1.
    uint256 internal constant WITHDRAWAL_GAS_LIMIT = 100_000;
    /// @notice In wei: some 230,000 gas that proof and payment take on L1, four times over at 100 gwei.
    uint256 public constant MIN_WITHDRAWAL_AMOUNT = 0.1 ether;

    /// @notice Who gets the fees, on L1. Slot 0, written by genesis and by nothing else.
    address public recipient;

    event FeesWithdrawn(address indexed recipient, uint256 amount);

    error TooLittleToWithdraw(uint256 actual, uint256 required);

    receive() external payable {}

    /// @notice Starts the withdrawal of all fees to the recipient on L1, for anyone.
    /// @dev Not of less than what its payment on L1 is worth: else anyone could shred the fees into withdrawals that nobody pays for.
    /// @custom:reverts TooLittleToWithdraw.
    function withdraw() external {
        uint256 amount = address(this).balance;
        if (amount < MIN_WITHDRAWAL_AMOUNT) revert TooLittleToWithdraw(amount, MIN_WITHDRAWAL_AMOUNT);
        emit FeesWithdrawn(recipient, amount);
        IMessagePasser(Predeploys.MESSAGE_PASSER).initiateWithdrawal{value: amount}(
            recipient,
            WITHDRAWAL_GAS_LIMIT,
            ""
        );
    }
}
