// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {L2Token} from "./L2Token.sol";

/// @title L2TokenFactory: makes L2 tokens, for anyone
/// @notice Predeploy 0x4200000000000000000000000000000000000012. An L1 token may have several L2 tokens, one for each name, symbol
/// and decimals, so nobody can spoil a token by making it first with wrong ones; the depositor names which. All of one L1 token are
/// backed by the same escrow.
contract L2TokenFactory {
    mapping(address l2Token => address) public l1TokenOf;

    event TokenCreated(address indexed l1Token, address indexed l2Token, string name, string symbol, uint8 decimals);

    error ZeroAddress();

    /// @notice Makes the token, at an address that follows from the arguments. Making it again returns the one that exists.
    function createToken(
        address l1Token,
        string calldata name,
        string calldata symbol,
        uint8 decimals
    ) external returns (address l2Token) {
        if (l1Token == address(0)) revert ZeroAddress();
        l2Token = tokenAddress(l1Token, name, symbol, decimals);
        if (l1TokenOf[l2Token] != address(0)) return l2Token;
        l1TokenOf[l2Token] = l1Token;
        emit TokenCreated(l1Token, l2Token, name, symbol, decimals);
        new L2Token{salt: bytes32(0)}(l1Token, name, symbol, decimals);
    }

    /// @notice Where the token with these arguments is or would be.
    function tokenAddress(
        address l1Token,
        string memory name,
        string memory symbol,
        uint8 decimals
    ) public view returns (address) {
        bytes32 codeHash = keccak256(
            abi.encodePacked(type(L2Token).creationCode, abi.encode(l1Token, name, symbol, decimals))
        );
        bytes32 hash = keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(0), codeHash));
        return address(uint160(uint256(hash)));
    }
}
