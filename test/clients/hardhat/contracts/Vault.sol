// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Vault: keeps ether for whoever put it in
contract Vault {
    event Kept(address indexed owner, uint256 amount);

    error NothingKept();
    error Refused();

    mapping(address owner => uint256 amount) public kept;

    function keep() external payable {
        kept[msg.sender] += msg.value;
        emit Kept(msg.sender, msg.value);
    }

    function takeBack() external {
        uint256 amount = kept[msg.sender];
        require(amount > 0, NothingKept());
        kept[msg.sender] = 0;
        (bool success, ) = msg.sender.call{value: amount}("");
        require(success, Refused());
    }
}
