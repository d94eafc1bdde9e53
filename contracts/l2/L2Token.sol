// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Predeploys} from "./Predeploys.sol";

/// @title L2Token: an ERC-20 that stands for one on L1
/// @dev INVARIANT: supply <= escrow of `l1Token` in the token bridge, so a mint cannot overflow.
contract L2Token is ERC20 {
    address public immutable l1Token;
    uint8 private immutable _decimals;

    error NotL2Bridge(address actual);

    modifier onlyL2Bridge() {
        if (msg.sender != Predeploys.L2_BRIDGE) revert NotL2Bridge(msg.sender);
        _;
    }

    constructor(address l1Token_, string memory name_, string memory symbol_, uint8 decimals_) ERC20(name_, symbol_) {
        l1Token = l1Token_;
        _decimals = decimals_;
    }

    /// @notice Mints to any address but 0; never fails otherwise.
    function mint(address to, uint256 amount) external onlyL2Bridge {
        _mint(to, amount);
    }

    /// @notice Burns what `from` owns.
    function burn(address from, uint256 amount) external onlyL2Bridge {
        _burn(from, amount);
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}
