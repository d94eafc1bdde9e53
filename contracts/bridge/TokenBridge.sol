// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IL2Bridge} from "../interfaces/IL2Bridge.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {ITokenBridge} from "../interfaces/ITokenBridge.sol";
import {Predeploys} from "../l2/Predeploys.sol";

/// @title TokenBridge
/// @dev INVARIANT: `escrow` of a token = supply of its L2 tokens + deposits and withdrawals under way; a token's `payout` of the
/// whole escrow is never more than the balance.
contract TokenBridge is ITokenBridge, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev Covers the mint and, where it is not possible, the start of the withdrawal back, by a margin of two.
    uint64 internal constant DEPOSIT_GAS_LIMIT = 200_000;

    IPortal public immutable portal;
    mapping(address l1Token => uint256) public escrow;

    constructor(IPortal portal_) {
        require(address(portal_).code.length > 0, ZeroAddress());
        portal = portal_;
    }

    /// @inheritdoc ITokenBridge
    function depositToken(
        address l1Token,
        address l2Token,
        address to,
        uint256 amount
    ) external nonReentrant returns (uint256 received) {
        uint256 owed = escrow[l1Token];
        uint256 held = IERC20(l1Token).balanceOf(address(this));
        require(held >= owed, TokenShort(held, owed));

        IERC20(l1Token).safeTransferFrom(msg.sender, address(this), amount);
        received = IERC20(l1Token).balanceOf(address(this)) - held;
        require(received > 0, NothingReceived(l1Token));

        escrow[l1Token] = owed + received;
        emit TokenDeposited(l1Token, l2Token, msg.sender, to, received);
        portal.depositTransaction(
            Predeploys.L2_BRIDGE,
            0,
            DEPOSIT_GAS_LIMIT,
            false,
            abi.encodeCall(IL2Bridge.finalizeDeposit, (l1Token, l2Token, msg.sender, to, received))
        );
    }

    /// @inheritdoc ITokenBridge
    function releaseToken(address l1Token, address from, address to, uint256 amount) external nonReentrant {
        address sender = msg.sender == address(portal) ? portal.l2Sender() : address(0);
        require(sender == Predeploys.L2_BRIDGE, NotL2Bridge(msg.sender, sender));

        uint256 paid = payout(l1Token, amount);
        escrow[l1Token] -= amount;
        emit TokenReleased(l1Token, from, to, amount, paid);
        IERC20(l1Token).safeTransfer(to, paid);
    }

    /// @inheritdoc ITokenBridge
    function payout(address l1Token, uint256 amount) public view returns (uint256) {
        uint256 owed = escrow[l1Token];
        uint256 held = IERC20(l1Token).balanceOf(address(this));
        return held >= owed ? amount : Math.mulDiv(amount, held, owed);
    }
}
