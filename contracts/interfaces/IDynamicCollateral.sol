// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {AggregatorV3Interface} from "./AggregatorV3Interface.sol";
import {IRollupHealth} from "./IRollupHealth.sol";
import {ISolvencyProof} from "./ISolvencyProof.sol";

/// @title A lending market whose terms follow the backing of its collateral
/// @notice One collateral, which a rollup backs, one token that is lent. Lenders supply; borrowers post collateral and draw. No owner: all
/// terms are constructor arguments.
/// @dev What may be drawn follows health, downwards in the same second and upwards at most by `riseAnHour`. It is nothing while the feed
/// says less than one, is silent or older than `maxAge`, while the proof says insolvent, or while what was last proven of the rollup is in
/// dispute. Collateral is never worth more than its confirmed backing, for a loan or a liquidation; by what merely stands, which may be a
/// lie, nobody is liquidated where `health` is known. SAFETY: repaying, liquidating and taking back
/// what secures nothing ask none of that.
/// @custom:source docs/spec/13-solvency.md#market
interface IDynamicCollateral {
    /// @param collateral What is posted. @param loan What is lent; neither may keep a fee or shrink by itself.
    /// @param price Smallest units of `loan` for one of `collateral`, times 10^decimals.
    /// @param backing Of the collateral; 10^decimals is full. A Chainlink feed.
    /// @param proof ERC-7893; none with 0.
    /// @param health Tells of disputes; none with 0. @param asset As `health` knows it.
    /// @param maxAge Seconds of `backing`'s `updatedAt` from which on nothing is lent; from half of it on less.
    /// @param ltv Most that is lent on collateral worth 1e18. @param liquidationLtv Debt from which on anyone may liquidate; more than `ltv`.
    /// @param bonus What a liquidator gets on top, for 1e18 repaid.
    /// @param riseAnHour Most by which what may be drawn rises again, in 1e18. @param rateAYear Interest, simple, for 1e18.
    struct Market {
        IERC20 collateral;
        IERC20 loan;
        AggregatorV3Interface price;
        AggregatorV3Interface backing;
        ISolvencyProof proof;
        IRollupHealth health;
        address asset;
        uint64 maxAge;
        uint64 ltv;
        uint64 liquidationLtv;
        uint64 bonus;
        uint64 riseAnHour;
        uint64 rateAYear;
    }

    event Supplied(address indexed lender, uint256 amount);
    event Withdrawn(address indexed lender, uint256 amount);
    event Posted(address indexed borrower, uint256 amount);
    event Released(address indexed borrower, uint256 amount);
    event Borrowed(address indexed borrower, uint256 amount);
    event Repaid(address indexed borrower, address indexed by, uint256 amount);
    event Liquidated(address indexed borrower, address indexed by, uint256 repaid, uint256 seized);
    /// @notice The collateral is gone and did not cover the debt: lenders bear the rest.
    event BadDebt(address indexed borrower, uint256 amount);

    error WrongTerms();
    /// @notice More would be owed than may be: for new loans this is nothing while the collateral's health is in doubt.
    error TooMuchDebt(uint256 actual, uint256 allowed);
    error NotLiquidatable(uint256 debt, uint256 allowed);
    error TooMuch(uint256 actual, uint256 allowed);

    /// @notice Lends `amount` to the market.
    function supply(uint256 amount) external;

    /// @notice Takes back what the caller supplied, with interest, as far as it is not lent.
    /// @custom:reverts TooMuch.
    function withdraw(uint256 amount) external;

    /// @notice Posts collateral.
    function post(uint256 amount) external;

    /// @notice Takes collateral back; with a debt, as far as what is left would carry it as a new loan.
    /// @custom:reverts TooMuch, TooMuchDebt.
    function release(uint256 amount) external;

    /// @notice Draws a loan.
    /// @custom:reverts TooMuchDebt, TooMuch.
    function borrow(uint256 amount) external;

    /// @notice Pays a debt back, anybody's, at most all of it. Never stops.
    function repay(address borrower, uint256 amount) external returns (uint256 repaid);

    /// @notice Pays a part of an unsafe debt and takes collateral for it, with the bonus. Never stops: where a feed is silent the last that
    /// it said counts.
    /// @custom:reverts NotLiquidatable.
    function liquidate(address borrower, uint256 amount) external returns (uint256 repaid, uint256 seized);

    /// @notice Notes the terms as they are now, so that a rise begins from here. Every loan does the same.
    function sync() external;

    /// @notice What may be drawn now on collateral worth 1e18.
    function currentLtv() external view returns (uint256);

    /// @notice What the health of this moment allows, without regard to how fast it may rise.
    function targetLtv() external view returns (uint256);

    /// @notice What collateral is worth now, in units of the loan: by its price, and by its backing where that is less than full. By that
    /// under the confirmed record where `health` is known and answers; else by the feed's, which a lie that stands can lower.
    function valueOf(uint256 collateral) external view returns (uint256);

    /// @notice Rounded up.
    function debtOf(address borrower) external view returns (uint256);

    function collateralOf(address borrower) external view returns (uint256);

    /// @notice Rounded down.
    function suppliedBy(address lender) external view returns (uint256);

    /// @notice All that lenders ever lost.
    function badDebt() external view returns (uint256);
}
