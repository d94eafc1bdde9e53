// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Aliasing} from "../inbox/Aliasing.sol";
import {IExit} from "../interfaces/IExit.sol";

/// @title Owners: who may say on L1 where an account of L2 is paid
/// @dev Exactly who could have sent a transaction from it on L2: its key, or the L1 contract whose alias it is.
abstract contract Owners is EIP712 {
    bytes32 private constant EXIT_TYPE = keccak256("Exit(address account,address to)");

    /// @dev SAFETY: a signature stands for all that the account gets from this contract, for ever, and only towards `to`; each thing is
    /// paid once, so sending it again gives nothing.
    /// @param signature Empty if the caller itself must be the account.
    function _requireOwner(address account, address to, bytes calldata signature) internal view {
        address owner =
            signature.length == 0
                ? Aliasing.l2Sender(msg.sender)
                : ECDSA.recover(_hashTypedDataV4(keccak256(abi.encode(EXIT_TYPE, account, to))), signature);
        if (owner != account) revert IExit.NotOwner(owner, account);
    }
}
