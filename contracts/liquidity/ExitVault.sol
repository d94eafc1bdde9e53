// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title ExitVault: what one withdrawal pays, apart from all others
/// @notice Code of every vault; the vaults are clones of it. Takes whatever comes, and gives it where its market says.
contract ExitVault {
    using SafeERC20 for IERC20;

    /// @dev Whoever made this code; its clones share it.
    address private immutable MARKET = msg.sender;

    error NotMarket(address caller, address required);

    receive() external payable {}

    /// @notice Sends all of an asset, 0 for ether.
    /// @return amount What left.
    function sweep(address asset, address payable to) external returns (uint256 amount) {
        if (msg.sender != MARKET) revert NotMarket(msg.sender, MARKET);
        if (asset == address(0)) {
            amount = address(this).balance;
            Address.sendValue(to, amount);
        } else {
            amount = IERC20(asset).balanceOf(address(this));
            IERC20(asset).safeTransfer(to, amount);
        }
    }
}
