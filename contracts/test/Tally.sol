// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Tally: what a client's tests need of a contract: storage, an event, and each way to fail
contract Tally {
    event Added(address indexed by, uint256 amount, uint256 total);

    error TooMuch(uint256 amount, uint256 limit);

    uint256 public total;

    function add(uint256 amount) external payable {
        if (amount > 100) revert TooMuch(amount, 100);
        total += amount;
        emit Added(msg.sender, amount, total);
    }

    function failWithText() external pure {
        // solhint-disable-next-line gas-custom-errors
        revert("no such luck");
    }

    function failWithPanic(uint256 divisor) external pure returns (uint256) {
        return 1 / divisor;
    }

    function burnGas() external view returns (uint256 steps) {
        while (gasleft() > 0) ++steps;
    }
}
