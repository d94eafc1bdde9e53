// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Create3} from "@openzeppelin/contracts/utils/Create3.sol";

/// @title Deployer: contracts at addresses that follow from who deploys and a salt alone
/// @notice The system's contracts name one another, and L2's genesis names them all, so their addresses must be known before their
/// code is. Holds nothing and has no owner: each caller has addresses of its own.
contract Deployer {
    event Deployed(address indexed deployer, bytes32 indexed salt, address account);

    /// @notice Deploys `initCode` with the ether sent along. Reverts when this caller has used `salt` before.
    function deploy(bytes32 salt, bytes calldata initCode) external payable returns (address account) {
        account = Create3.deploy(msg.value, _salt(msg.sender, salt), initCode);
        emit Deployed(msg.sender, salt, account);
    }

    /// @notice Where `deployer` would deploy with `salt`.
    function addressOf(address deployer, bytes32 salt) external view returns (address) {
        return Create3.computeAddress(_salt(deployer, salt));
    }

    function _salt(address deployer, bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(deployer, salt));
    }
}
