// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMessagePasser} from "../interfaces/IMessagePasser.sol";
import {Predeploys} from "./Predeploys.sol";

/// @title FeeVault: collects base fees and tips
/// @notice Predeploy 0x4200000000000000000000000000000000000011. The program credits it with every block.
contract FeeVault {
    /// @dev The least gas of the payment on L1.
    uint256 internal constant WITHDRAWAL_GAS_LIMIT = 100_000;

    /// @notice Who gets the fees, on L1. Slot 0, written by genesis and by nothing else.
    address public recipient;

    event FeesWithdrawn(address indexed recipient, uint256 amount);

    error NothingToWithdraw();

    receive() external payable {}

    /// @notice Starts the withdrawal of all fees to the recipient on L1, for anyone.
    function withdraw() external {
        uint256 amount = address(this).balance;
        require(amount > 0, NothingToWithdraw());
        emit FeesWithdrawn(recipient, amount);
        IMessagePasser(Predeploys.MESSAGE_PASSER).initiateWithdrawal{value: amount}(
            recipient,
            WITHDRAWAL_GAS_LIMIT,
            ""
        );
    }
}
