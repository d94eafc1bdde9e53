// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IExit} from "./IExit.sol";
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

    /// @notice An exit under the last root. @param amount Tokens of L2. @param paid Tokens of L1 that left.
    event TokenExited(
        address indexed l1Token,
        address indexed l2Token,
        address indexed account,
        address to,
        uint256 amount,
        uint256 paid
    );
    /// @notice A deposit that L2 never took in went back.
    event TokenDepositExited(
        uint256 indexed index,
        address indexed l1Token,
        address indexed to,
        uint256 amount,
        uint256 paid
    );

    /// @notice What leads from the last root to a balance; each a list of trie nodes from the root down.
    /// @param factory The token factory's account. @param registration Its slot `l1TokenOf[l2Token]`.
    /// @param token The L2 token's account. @param balance Its slot of the holder's balance.
    struct TokenProof {
        bytes[] factory;
        bytes[] registration;
        bytes[] token;
        bytes[] balance;
    }

    error NotL2Bridge(address caller, address l2Sender);
    /// @notice The message is no deposit of this bridge.
    error NotTokenDeposit(uint256 index);
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

    /// @notice Pays what `account` holds of `l2Token` under the last root, once the program has trapped.
    /// @dev The account calls itself (an L1 contract for its alias), or has signed `Exit(account, to)` of EIP-712 for this contract:
    /// a contract of L2 can do neither. The holder needs no account of its own in L2's state, so none is asked for.
    /// @param signature Empty if the account calls itself.
    /// @custom:reverts NotTrapped, AlreadyExited, NotOwner, TrieProofTraversalError, and as the token does.
    /// @custom:gas pinned as "token bridge: exit with tokens" in test/snapshots.
    function exitToken(
        address l2Token,
        address account,
        address to,
        TokenProof calldata proof,
        bytes calldata signature
    ) external;

    /// @notice Pays a deposit back to its depositor, for anyone, that L2 never took in before the program trapped.
    /// @param index Number of the deposit's message in the Inbox. @param message The message; its `dataHash` is that of `data`.
    /// @param data Calldata of `finalizeDeposit`.
    /// @custom:reverts NotTrapped, AlreadyExited, NotTokenDeposit, MessageConsumed, MessageMismatch, and as the token does.
    function exitTokenDeposit(uint256 index, IExit.Message calldata message, bytes calldata data) external;

    /// @notice Whether an account's balance of an L2 token was paid.
    function isTokenExited(address l2Token, address account) external view returns (bool);

    /// @notice Whether an unconsumed deposit was paid back.
    function isDepositExited(uint256 index) external view returns (bool);

    /// @notice Tokens of L2 that stand for `l1Token`, withdrawals under way included.
    function escrow(address l1Token) external view returns (uint256);

    /// @notice Tokens that ever arrived by deposits, those under way included; less `escrow` it is what was ever released.
    function deposited(address l1Token) external view returns (uint256);

    /// @notice What a release of `amount` would pay now.
    function payout(address l1Token, uint256 amount) external view returns (uint256);

    function portal() external view returns (IPortal);
}
