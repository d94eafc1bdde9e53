// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Where a withdrawal that is under way is sold
/// @notice The user withdraws on L2 to a vault whose address binds the terms of a sale; whoever pays the price becomes holder of the
/// claim, an ERC-721 token. What ever arrives in the vault is the holder's; the user's, while nobody has bought. No owner, no pool.
/// @dev The market does not ask whether the withdrawal exists: who buys runs a node and knows. It reads neither bridge nor game, so a
/// proof that must be made again, or an assertion that loses, is the holder's delay and never the user's loss.
/// @custom:source docs/spec/14-fast-exit.md
interface IExitMarket {
    /// @param owner Who is paid the price, and owns the vault until it is.
    /// @param asset L1 token of withdrawal and price; 0 for ether.
    /// @param price In units of the asset.
    /// @param deadline L1 seconds; the last at which it is for sale.
    /// @param salt Makes equal terms differ: one for each withdrawal.
    struct Terms {
        address owner;
        address asset;
        uint192 price;
        uint64 deadline;
        bytes32 salt;
    }

    /// @notice A price other than that of the terms; none where `deadline` is 0.
    struct Ask {
        uint192 price;
        uint64 deadline;
    }

    event Sold(uint256 indexed claim, address indexed buyer, address indexed owner, address asset, uint256 price);
    event Asked(uint256 indexed claim, uint256 price, uint64 deadline);
    event Collected(uint256 indexed claim, address indexed holder, address asset, uint256 amount);

    error AlreadySold(uint256 claim);
    error NotClaimOwner(address caller, address required);
    error AskExpired(uint256 deadline);
    error PriceMismatch(uint256 actual, uint256 required);
    /// @notice Ether that came is not what the purchase takes.
    error WrongPayment(uint256 actual, uint256 required);
    /// @notice A token's transfer brought the owner less than the price.
    error Underpaid(uint256 actual, uint256 required);
    /// @notice More has left the vault than the buyer agreed to.
    error AlreadyCollected(uint256 actual, uint256 allowed);

    /// @notice Pays the owner the price and makes the caller holder of the claim, both or neither.
    /// @param price What the caller takes the price to be: the owner cannot raise it under way.
    /// @param maxCollected Most that may have left the vault before, in units of the asset; 0 for a withdrawal not paid yet. Who sends
    /// dust in and out of a vault delays a sale only with buyers that allow none.
    /// @custom:reverts AlreadySold, AskExpired, PriceMismatch, AlreadyCollected, WrongPayment, Underpaid, and as owner or token do.
    /// @custom:gas pinned as "exit market: buy ..." in test/snapshots.
    function buy(Terms calldata terms, uint256 price, uint256 maxCollected) external payable;

    /// @notice Sets another price and deadline while nobody has bought, for the owner alone.
    /// @param deadline In the past to sell no more; 0 for the terms' own price and deadline.
    /// @custom:reverts NotClaimOwner, AlreadySold.
    function ask(Terms calldata terms, uint192 price, uint64 deadline) external;

    /// @notice Sends all that the vault has of an asset to the claim's holder, for anyone, as often as something is there.
    /// @param asset The terms' one, or any other that went astray there.
    /// @custom:gas pinned as "exit market: collect ..." in test/snapshots.
    function collect(Terms calldata terms, address asset) external returns (uint256 amount);

    /// @notice Number of the claim's token: hash of the terms.
    function claimOf(Terms calldata terms) external pure returns (uint256);

    /// @notice Target of the withdrawal on L2; it needs no data and, for ether, 50,000 gas.
    function vaultOf(Terms calldata terms) external view returns (address);

    /// @notice Who is paid what the vault gets, as of now.
    function holderOf(Terms calldata terms) external view returns (address);

    /// @notice What ever left the vault, in units of the terms' asset.
    function collected(uint256 claim) external view returns (uint256);
}
