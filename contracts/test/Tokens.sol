// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Tokens of every make, for tests of the token bridge; anyone may mint
contract OrdinaryToken is ERC20("Ordinary", "ORD") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @dev One part in a hundred of each transfer is burnt.
contract FeeToken is OrdinaryToken {
    function _update(address from, address to, uint256 amount) internal override {
        if (from != address(0) && to != address(0)) {
            super._update(from, address(0), amount / 100);
            amount -= amount / 100;
        }
        super._update(from, to, amount);
    }
}

/// @dev Calls back in the middle of a transfer, like a token with hooks.
contract ReentrantToken is OrdinaryToken {
    address public target;
    bytes public call;
    bool public swallow;
    bool private _inside;

    function arm(address target_, bytes calldata call_, bool swallow_) external {
        (target, call, swallow) = (target_, call_, swallow_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (target != address(0) && !_inside) {
            _inside = true;
            (bool success, bytes memory reason) = target.call(call);
            if (!success && !swallow) {
                assembly ("memory-safe") {
                    revert(add(reason, 0x20), mload(reason))
                }
            }
            _inside = false;
        }
        super._update(from, to, amount);
    }
}

/// @dev Does not revert where a transfer fails.
contract FalseToken is OrdinaryToken {
    bool public frozen;

    function freeze(bool frozen_) external {
        frozen = frozen_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (frozen || balanceOf(msg.sender) < amount) return false;
        return super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (frozen || balanceOf(from) < amount || allowance(from, msg.sender) < amount) return false;
        return super.transferFrom(from, to, amount);
    }
}

/// @dev The balances change by themselves.
contract RebasingToken is OrdinaryToken {
    uint256 public percent = 100;

    function rebase(uint256 percent_) external {
        percent = percent_;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return (super.balanceOf(account) * percent) / 100;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, from == address(0) ? amount : (amount * 100 + percent - 1) / percent);
    }
}

/// @dev Transfers return nothing, as those of the first tokens.
contract SilentToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    error Insufficient();

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        if (allowance[from][msg.sender] < amount) revert Insufficient();
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (balanceOf[from] < amount) revert Insufficient();
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
