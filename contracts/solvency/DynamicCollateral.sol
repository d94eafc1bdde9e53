// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IDynamicCollateral} from "../interfaces/IDynamicCollateral.sol";
import {IRollupHealth} from "../interfaces/IRollupHealth.sol";

/// @title DynamicCollateral
/// @dev INVARIANT: loan tokens held + debts = what lenders may claim, up to rounding in the market's favour. Lenders and debts are kept in
/// shares, with virtual ones so that nobody can make the first share dear. Beat order: interest, check, effect, event, transfer.
/// @custom:source Shares and bad debt after Morpho Blue.
contract DynamicCollateral is IDynamicCollateral, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    uint256 private constant ONE = 1e18;
    uint256 private constant VIRTUAL_SHARES = 1e6;

    struct Noted {
        uint64 ltv;
        uint64 notedAt;
        uint128 ratio;
    }

    Market private _market;
    uint256 private immutable PRICE_UNIT;
    uint256 private immutable BACKING_UNIT;

    uint256 public totalSupplied;
    uint256 public totalSupplyShares;
    uint256 public totalDebt;
    uint256 public totalDebtShares;
    /// @inheritdoc IDynamicCollateral
    uint256 public override badDebt;
    mapping(address lender => uint256) public supplySharesOf;
    mapping(address borrower => uint256) public debtSharesOf;
    /// @inheritdoc IDynamicCollateral
    mapping(address borrower => uint256) public override collateralOf;
    uint64 private _accruedAt;
    Noted private _noted;
    uint256 private _notedPrice;

    constructor(Market memory market_) {
        // A liquidation's bonus must fit in what is left above the debt.
        bool isSafe =
            market_.ltv < market_.liquidationLtv &&
                uint256(market_.liquidationLtv).mulDiv(ONE + market_.bonus, ONE) <= ONE &&
                market_.maxAge > 0;
        if (!isSafe) revert WrongTerms();
        _market = market_;
        PRICE_UNIT = 10 ** uint256(market_.price.decimals());
        BACKING_UNIT = 10 ** uint256(market_.backing.decimals());
        _accruedAt = block.timestamp.toUint64();
        (uint256 price, bool isKnown) = _read(market_.price);
        if (!isKnown) revert WrongTerms();
        _notedPrice = price;
        _noted = Noted(0, block.timestamp.toUint64(), 0);
        (uint256 ratio, ) = _ratio();
        _noted.ratio = ratio.toUint128();
        _noted.ltv = targetLtv().toUint64();
    }

    /// @inheritdoc IDynamicCollateral
    function supply(uint256 amount) external override nonReentrant {
        _accrue();
        uint256 shares = amount.mulDiv(totalSupplyShares + VIRTUAL_SHARES, totalSupplied + 1);
        supplySharesOf[msg.sender] += shares;
        totalSupplyShares += shares;
        totalSupplied += amount;
        emit Supplied(msg.sender, amount);
        _market.loan.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IDynamicCollateral
    function withdraw(uint256 amount) external override nonReentrant {
        _accrue();
        uint256 shares = amount.mulDiv(totalSupplyShares + VIRTUAL_SHARES, totalSupplied + 1, Math.Rounding.Ceil);
        uint256 own = supplySharesOf[msg.sender];
        if (shares > own) revert TooMuch(shares, own);
        _requireUnlent(amount);
        supplySharesOf[msg.sender] = own - shares;
        totalSupplyShares -= shares;
        totalSupplied -= amount;
        emit Withdrawn(msg.sender, amount);
        _market.loan.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IDynamicCollateral
    function post(uint256 amount) external override nonReentrant {
        collateralOf[msg.sender] += amount;
        emit Posted(msg.sender, amount);
        _market.collateral.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IDynamicCollateral
    function release(uint256 amount) external override nonReentrant {
        _accrue();
        _note();
        uint256 own = collateralOf[msg.sender];
        if (amount > own) revert TooMuch(amount, own);
        collateralOf[msg.sender] = own - amount;
        if (debtSharesOf[msg.sender] != 0) _requireCarried(msg.sender);
        emit Released(msg.sender, amount);
        _market.collateral.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IDynamicCollateral
    function borrow(uint256 amount) external override nonReentrant {
        _accrue();
        _note();
        _requireUnlent(amount);
        uint256 shares = amount.mulDiv(totalDebtShares + VIRTUAL_SHARES, totalDebt + 1, Math.Rounding.Ceil);
        debtSharesOf[msg.sender] += shares;
        totalDebtShares += shares;
        totalDebt += amount;
        _requireCarried(msg.sender);
        emit Borrowed(msg.sender, amount);
        _market.loan.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IDynamicCollateral
    function repay(address borrower, uint256 amount) external override nonReentrant returns (uint256 repaid) {
        _accrue();
        repaid = _reduceDebt(borrower, amount);
        emit Repaid(borrower, msg.sender, repaid);
        _market.loan.safeTransferFrom(msg.sender, address(this), repaid);
    }

    /// @inheritdoc IDynamicCollateral
    function liquidate(
        address borrower,
        uint256 amount
    ) external override nonReentrant returns (uint256 repaid, uint256 seized) {
        _accrue();
        _note();
        uint256 posted = collateralOf[borrower];
        uint256 worth = valueOf(posted);
        uint256 allowed = worth.mulDiv(_market.liquidationLtv, ONE);
        uint256 debt = debtOf(borrower);
        if (debt <= allowed) revert NotLiquidatable(debt, allowed);

        // As much as the collateral pays for, bonus included.
        uint256 most = worth.mulDiv(ONE, ONE + _market.bonus);
        uint256 wanted = Math.min(amount, debt);
        if (wanted >= most) (repaid, seized) = (Math.min(most, debt), posted);
        else (repaid, seized) = (wanted, posted.mulDiv(wanted, most));
        repaid = _reduceDebt(borrower, repaid);
        collateralOf[borrower] = posted - seized;
        emit Liquidated(borrower, msg.sender, repaid, seized);
        if (posted == seized) _writeOff(borrower);
        _market.loan.safeTransferFrom(msg.sender, address(this), repaid);
        _market.collateral.safeTransfer(msg.sender, seized);
    }

    /// @inheritdoc IDynamicCollateral
    function sync() external override {
        _note();
    }

    /// @notice The terms, as they were set.
    function market() external view returns (Market memory) {
        return _market;
    }

    /// @inheritdoc IDynamicCollateral
    function currentLtv() public view override returns (uint256) {
        Noted memory noted = _noted;
        uint256 risen = noted.ltv + uint256(_market.riseAnHour).mulDiv(block.timestamp - noted.notedAt, 1 hours);
        return Math.min(targetLtv(), risen);
    }

    /// @inheritdoc IDynamicCollateral
    function targetLtv() public view override returns (uint256) {
        (uint256 ratio, uint256 age) = _ratio();
        uint256 maxAge = _market.maxAge;
        if (ratio < ONE || age >= maxAge || _isInDoubt()) return 0;
        uint256 fresh = maxAge / 2;
        return age <= fresh ? _market.ltv : uint256(_market.ltv).mulDiv(maxAge - age, maxAge - fresh);
    }

    /// @inheritdoc IDynamicCollateral
    function valueOf(uint256 collateral) public view override returns (uint256) {
        (uint256 price, bool isKnown) = _read(_market.price);
        return collateral.mulDiv(isKnown ? price : _notedPrice, PRICE_UNIT).mulDiv(_confirmedRatio(), ONE);
    }

    /// @inheritdoc IDynamicCollateral
    function debtOf(address borrower) public view override returns (uint256) {
        uint256 debt = totalDebt + _interest();
        return debtSharesOf[borrower].mulDiv(debt + 1, totalDebtShares + VIRTUAL_SHARES, Math.Rounding.Ceil);
    }

    /// @inheritdoc IDynamicCollateral
    function suppliedBy(address lender) external view override returns (uint256) {
        uint256 supplied = totalSupplied + _interest();
        return supplySharesOf[lender].mulDiv(supplied + 1, totalSupplyShares + VIRTUAL_SHARES);
    }

    function _accrue() private {
        uint256 interest = _interest();
        totalDebt += interest;
        totalSupplied += interest;
        _accruedAt = block.timestamp.toUint64();
    }

    function _note() private {
        (uint256 price, bool isKnown) = _read(_market.price);
        if (isKnown) _notedPrice = price;
        (uint256 ratio, ) = _ratio();
        _noted = Noted(currentLtv().toUint64(), block.timestamp.toUint64(), ratio.toUint128());
    }

    function _reduceDebt(address borrower, uint256 amount) private returns (uint256 repaid) {
        uint256 own = debtSharesOf[borrower];
        uint256 debt = debtOf(borrower);
        repaid = Math.min(amount, debt);
        uint256 shares = repaid == debt ? own : repaid.mulDiv(totalDebtShares + VIRTUAL_SHARES, totalDebt + 1);
        debtSharesOf[borrower] = own - shares;
        totalDebtShares -= shares;
        // Debts are rounded up, so that the last to pay may owe a unit more than there is.
        totalDebt = totalDebt.saturatingSub(repaid);
    }

    /// @dev Nothing secures what is left: lenders bear it at once, all alike, rather than whoever withdraws last.
    function _writeOff(address borrower) private {
        uint256 own = debtSharesOf[borrower];
        if (own == 0) return;
        uint256 lost = Math.min(debtOf(borrower), totalDebt);
        debtSharesOf[borrower] = 0;
        totalDebtShares -= own;
        totalDebt -= lost;
        totalSupplied = totalSupplied.saturatingSub(lost);
        badDebt += lost;
        emit BadDebt(borrower, lost);
    }

    function _interest() private view returns (uint256) {
        return totalDebt.mulDiv(uint256(_market.rateAYear) * (block.timestamp - _accruedAt), ONE * 365 days);
    }

    function _requireCarried(address borrower) private view {
        uint256 debt = debtOf(borrower);
        uint256 allowed = valueOf(collateralOf[borrower]).mulDiv(currentLtv(), ONE);
        if (debt > allowed) revert TooMuchDebt(debt, allowed);
    }

    function _requireUnlent(uint256 amount) private view {
        uint256 unlent = totalSupplied.saturatingSub(totalDebt);
        if (amount > unlent) revert TooMuch(amount, unlent);
    }

    /// @return ratio Backing in 1e18, at most full; what was noted last where the feed is silent. @return age In seconds.
    function _ratio() private view returns (uint256 ratio, uint256 age) {
        try _market.backing.latestRoundData() returns (uint80, int256 answer, uint256, uint256 updatedAt, uint80) {
            if (answer >= 0) {
                ratio = Math.min(uint256(answer).mulDiv(ONE, BACKING_UNIT), ONE);
                return (ratio, block.timestamp.saturatingSub(updatedAt));
            }
        } catch {} // solhint-disable-line no-empty-blocks
        return (_noted.ratio, type(uint256).max);
    }

    /// @dev What merely stands may be a lie, for a stake: it stops loans, and makes nobody's collateral worth less.
    function _confirmedRatio() private view returns (uint256 ratio) {
        if (address(_market.health) != address(0)) {
            try _market.health.backings(_market.asset) returns (
                IRollupHealth.Backing memory confirmed,
                IRollupHealth.Backing memory
            ) {
                return Math.min(confirmed.ratio, ONE);
            } catch {} // solhint-disable-line no-empty-blocks
        }
        (ratio, ) = _ratio();
    }

    function _read(AggregatorV3Interface feed) private view returns (uint256, bool) {
        try feed.latestRoundData() returns (uint80, int256 answer, uint256, uint256, uint80) {
            return answer > 0 ? (uint256(answer), true) : (0, false);
        } catch {
            return (0, false);
        }
    }

    /// @dev Silence is doubt.
    function _isInDoubt() private view returns (bool) {
        if (address(_market.proof) != address(0)) {
            try _market.proof.verifySolvency() returns (bool isSolvent, uint256) {
                if (!isSolvent) return true;
            } catch {
                return true;
            }
        }
        if (address(_market.health) == address(0)) return false;
        try _market.health.isContested(_market.asset) returns (bool isContested) {
            return isContested;
        } catch {
            return true;
        }
    }
}
