// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Aliasing} from "../inbox/Aliasing.sol";
import {IL2Bridge} from "../interfaces/IL2Bridge.sol";
import {IMessagePasser} from "../interfaces/IMessagePasser.sol";
import {ITokenBridge} from "../interfaces/ITokenBridge.sol";
import {L2Token} from "./L2Token.sol";
import {L2TokenFactory} from "./L2TokenFactory.sol";
import {Predeploys} from "./Predeploys.sol";

/// @title L2Bridge
contract L2Bridge is IL2Bridge {
    /// @dev The least gas of a release on L1: the bridge's own part and an ordinary token's transfer, by a margin of two. Whoever
    /// finalises may give more.
    uint256 internal constant RELEASE_GAS_LIMIT = 200_000;

    /// @dev One slot.
    struct Book {
        uint128 credited;
        uint128 started;
    }

    /// @dev Slot 0, written by genesis and by nothing else.
    address public tokenBridge;
    /// @inheritdoc IL2Bridge
    mapping(address l1Token => Book) public books;

    /// @inheritdoc IL2Bridge
    function finalizeDeposit(address l1Token, address l2Token, address from, address to, uint256 amount) external {
        address required = Aliasing.alias_(tokenBridge);
        if (msg.sender != required) revert NotTokenBridge(msg.sender, required);
        books[l1Token].credited = _saturatingAdd(books[l1Token].credited, amount);
        if (to == address(0) || l1Token == address(0) || _l1TokenOf(l2Token) != l1Token) {
            emit DepositReturned(l1Token, l2Token, from, to, amount);
            _startRelease(l1Token, to, from, amount);
        } else {
            emit DepositFinalized(l1Token, l2Token, from, to, amount);
            L2Token(l2Token).mint(to, amount);
        }
    }

    /// @inheritdoc IL2Bridge
    function withdrawToken(address l2Token, address to, uint256 amount) external {
        address l1Token = _l1TokenOf(l2Token);
        if (l1Token == address(0)) revert UnknownToken(l2Token);
        if (to == address(0)) revert ZeroAddress();
        emit WithdrawalStarted(l1Token, l2Token, msg.sender, to, amount);
        L2Token(l2Token).burn(msg.sender, amount);
        _startRelease(l1Token, msg.sender, to, amount);
    }

    function _startRelease(address l1Token, address from, address to, uint256 amount) private {
        books[l1Token].started = _saturatingAdd(books[l1Token].started, amount);
        IMessagePasser(Predeploys.MESSAGE_PASSER).initiateWithdrawal(
            tokenBridge,
            RELEASE_GAS_LIMIT,
            abi.encodeCall(ITokenBridge.releaseToken, (l1Token, from, to, amount))
        );
    }

    /// @dev Never reverts: a deposit must not fail for its books.
    function _saturatingAdd(uint128 sum, uint256 amount) private pure returns (uint128) {
        return uint128(Math.min(Math.saturatingAdd(sum, amount), type(uint128).max));
    }

    function _l1TokenOf(address l2Token) private view returns (address) {
        return L2TokenFactory(Predeploys.TOKEN_FACTORY).l1TokenOf(l2Token);
    }
}
