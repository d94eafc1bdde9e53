// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Aliasing: under which address an L1 caller appears on L2
/// @notice Accounts with a key keep their address; contracts get another one, since whoever controls an address on L1 by its code
/// need not control the same address on L2.
/// @custom:source docs/spec/07-inbox.md#aliasing.
library Aliasing {
    uint160 internal constant OFFSET = uint160(address(0x1111000000000000000000000000000000001111));
    /// @dev Code of a delegated account: 0xef0100 and the delegate. No contract can have it, for creation refuses a first byte 0xef.
    bytes3 internal constant DELEGATION_PREFIX = 0xef0100;
    uint256 internal constant DELEGATION_SIZE_BYTES = 23;

    /// @notice The sender on L2 of what `caller` sends on L1.
    /// @dev A caller without code that does not sign the transaction is a contract under construction.
    function l2Sender(address caller) internal view returns (address) {
        return isKeyed(caller) ? caller : alias_(caller);
    }

    /// @notice The alias of a contract's address; addition wraps.
    function alias_(address account) internal pure returns (address) {
        unchecked {
            return address(uint160(account) + OFFSET);
        }
    }

    /// @notice Whether `account`, which must be `msg.sender`, is an account with a key: delegated or not.
    function isKeyed(address account) internal view returns (bool) {
        // solhint-disable-next-line avoid-tx-origin
        if (account == tx.origin) return true;
        return account.code.length == DELEGATION_SIZE_BYTES && bytes3(account.code) == DELEGATION_PREFIX;
    }

    /// @notice Whether this is the code of a delegated account.
    function isDelegation(bytes memory code) internal pure returns (bool) {
        return code.length == DELEGATION_SIZE_BYTES && bytes3(code) == DELEGATION_PREFIX;
    }
}
