// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title L2 bridge: mints and burns the L2 tokens
/// @notice Predeploy 0x4200000000000000000000000000000000000010.
/// @custom:source docs/spec/08-bridge.md#tokens.
interface IL2Bridge {
    event DepositFinalized(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount
    );
    /// @notice The deposit could not be minted and goes back to `from` on L1.
    event DepositReturned(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount
    );
    event WithdrawalStarted(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount
    );

    error NotTokenBridge(address actual, address required);
    error UnknownToken(address l2Token);
    error ZeroAddress();

    /// @notice Mints a deposit, or starts its withdrawal back when `l2Token` was not made by the factory for `l1Token` or `to` is 0.
    /// @dev Only the (aliased) token bridge. Never reverts for it.
    function finalizeDeposit(address l1Token, address l2Token, address from, address to, uint256 amount) external;

    /// @notice Burns `amount` of the caller's `l2Token` and starts the withdrawal to `to` on L1. Needs no approval.
    function withdrawToken(address l2Token, address to, uint256 amount) external;

    /// @notice What was ever credited here of an L1 token (minted, or sent back at once), and what withdrawals of it were ever started.
    /// Slot 1; both at most 2^128 - 1, which stands for all above. L1 reads it by proof (contracts/solvency).
    function books(address l1Token) external view returns (uint128 credited, uint128 started);

    /// @notice The token bridge on L1.
    function tokenBridge() external view returns (address);
}
