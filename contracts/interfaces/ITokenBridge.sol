// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPortal} from "./IPortal.sol";

/// @title Token bridge: ERC-20 tokens in escrow on L1
/// @notice Holds the tokens that L2 tokens stand for. In: deposits, which become messages to the L2 bridge. Out: releases, which
/// obey only withdrawals that the L2 bridge has started.
/// @dev Tokens of any make: what counts is how the bridge's own balance changed. A token that loses balance by itself (a rebasing
/// one) takes no new deposits while it is short and pays out in proportion to what is left; one that gains leaves the gain here.
/// @custom:source docs/spec/08-bridge.md#tokens.
interface ITokenBridge {
    event TokenDeposited(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount
    );
    /// @param amount Tokens of L2 that were burnt. @param paid Tokens of L1 that left: the same unless the token is short.
    event TokenReleased(
        address indexed l1Token,
        address indexed from,
        address indexed to,
        uint256 amount,
        uint256 paid
    );

    error NotL2Bridge(address caller, address l2Sender);
    error NothingReceived(address l1Token);
    /// @notice The bridge holds less of the token than it owes.
    error TokenShort(uint256 actual, uint256 required);
    error ZeroAddress();

    /// @notice Takes `amount` of `l1Token` from the caller and mints what arrived to `to` on L2, as `l2Token`.
    /// @dev The L2 token must exist, made by L2's factory for this L1 token; otherwise, or for `to` = 0, L2 starts the withdrawal
    /// back to the caller. The gas on L2 is set here, so that the mint cannot run out of it.
    /// @return received Tokens that arrived.
    /// @custom:reverts TokenShort, NothingReceived, and as the token does.
    /// @custom:gas pinned as "token bridge: deposit ..." in test/snapshots.
    function depositToken(
        address l1Token,
        address l2Token,
        address to,
        uint256 amount
    ) external returns (uint256 received);

    /// @notice Pays out what was burnt on L2; only by a withdrawal of the L2 bridge.
    /// @param from Who burnt it on L2. @param to Receiver on L1. @param amount Tokens of L2.
    /// @custom:reverts NotL2Bridge, and as the token does: the withdrawal then stays open.
    function releaseToken(address l1Token, address from, address to, uint256 amount) external;

    /// @notice Tokens of L2 that stand for `l1Token`, withdrawals under way included.
    function escrow(address l1Token) external view returns (uint256);

    /// @notice What a release of `amount` would pay now.
    function payout(address l1Token, uint256 amount) external view returns (uint256);

    function portal() external view returns (IPortal);
}
