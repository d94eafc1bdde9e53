// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title WETH: ether as a token, where contracts of the OP Stack look for it
/// @notice Predeploy 0x4200000000000000000000000000000000000006. INVARIANT: it holds at least as much ether as there are tokens.
/// @custom:source ethereum-optimism/specs, specs/protocol/predeploys.md#weth9: names and events.
contract WETH is ERC20 {
    event Deposit(address indexed dst, uint256 wad);
    event Withdrawal(address indexed src, uint256 wad);

    /// @dev Genesis runs no constructor: name and symbol are code.
    constructor() ERC20("", "") {}

    receive() external payable {
        deposit();
    }

    /// @notice Burns tokens of the caller and sends it their ether. Reverts with `ERC20InsufficientBalance`, `FailedCall`.
    /// @param wad Wei.
    function withdraw(uint256 wad) external {
        _burn(msg.sender, wad);
        emit Withdrawal(msg.sender, wad);
        Address.sendValue(payable(msg.sender), wad);
    }

    /// @notice Mints the caller a token for each wei that it sends.
    function deposit() public payable {
        _mint(msg.sender, msg.value);
        emit Deposit(msg.sender, msg.value);
    }

    function name() public pure override returns (string memory) {
        return "Wrapped Ether";
    }

    function symbol() public pure override returns (string memory) {
        return "WETH";
    }
}
