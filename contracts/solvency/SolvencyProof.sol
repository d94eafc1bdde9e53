// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IRollupHealth} from "../interfaces/IRollupHealth.sol";
import {ISolvencyProof} from "../interfaces/ISolvencyProof.sol";

/// @title SolvencyProof: assets and liabilities of one asset, as ERC-7893 names them
/// @notice One asset each: what is missing of one token is not made good by another. Everything is read from the oracle at the moment
/// of the question; there is no authorised party, so what would push a number in reverts.
contract SolvencyProof is ISolvencyProof {
    using SafeCast for int256;

    uint256 private constant FULL = 10_000;

    IRollupHealth public immutable oracle;
    address public immutable asset;
    /// @notice Wei for a unit of the asset, as a Chainlink feed; 0 for ether, which is its own measure.
    AggregatorV3Interface public immutable price;
    uint256 private immutable UNIT;

    /// @notice Nothing is pushed here: bring a proof to the oracle instead.
    error ProvenNotPushed();
    /// @notice A token's value needs a price.
    error NoPrice(address asset);

    /// @param price_ Of 10^`decimals_` units of the asset, in ether; none for ether.
    constructor(IRollupHealth oracle_, address asset_, AggregatorV3Interface price_, uint8 decimals_) {
        if (asset_ != address(0) && address(price_) == address(0)) revert NoPrice(asset_);
        oracle = oracle_;
        asset = asset_;
        price = price_;
        UNIT = asset_ == address(0) ? 0 : 10 ** uint256(decimals_) * 10 ** uint256(price_.decimals());
    }

    /// @inheritdoc ISolvencyProof
    function updateAssets(address[] calldata, uint256[] calldata, uint256[] calldata) external pure override {
        revert ProvenNotPushed();
    }

    /// @inheritdoc ISolvencyProof
    function updateLiabilities(address[] calldata, uint256[] calldata, uint256[] calldata) external pure override {
        revert ProvenNotPushed();
    }

    /// @inheritdoc ISolvencyProof
    function getProtocolAssets() external view override returns (ProtocolAssets memory) {
        return _assets(oracle.backing(asset));
    }

    /// @inheritdoc ISolvencyProof
    function getProtocolLiabilities() external view override returns (ProtocolLiabilities memory) {
        return _liabilities(oracle.backing(asset));
    }

    /// @inheritdoc ISolvencyProof
    function getSolvencyRatio() public view override returns (uint256) {
        return oracle.backing(asset).ratio / (1e18 / FULL);
    }

    /// @inheritdoc ISolvencyProof
    /// @dev A bridge must hold all that it owes and needs no more: the least ratio is 10,000.
    function verifySolvency() external view override returns (bool isSolvent, uint256 healthFactor) {
        healthFactor = getSolvencyRatio();
        return (healthFactor >= FULL, healthFactor);
    }

    /// @inheritdoc ISolvencyProof
    /// @dev The one point that is known, if it lies in the range.
    function getSolvencyHistory(
        uint256 startTime,
        uint256 endTime
    )
        external
        view
        override
        returns (
            uint256[] memory timestamps,
            uint256[] memory ratios,
            ProtocolAssets[] memory assets,
            ProtocolLiabilities[] memory liabilities
        )
    {
        IRollupHealth.Backing memory backing = oracle.backing(asset);
        uint256 count = backing.assertedAt >= startTime && backing.assertedAt <= endTime ? 1 : 0;
        timestamps = new uint256[](count);
        ratios = new uint256[](count);
        assets = new ProtocolAssets[](count);
        liabilities = new ProtocolLiabilities[](count);
        if (count == 0) return (timestamps, ratios, assets, liabilities);
        timestamps[0] = backing.assertedAt;
        ratios[0] = backing.ratio / (1e18 / FULL);
        assets[0] = _assets(backing);
        liabilities[0] = _liabilities(backing);
    }

    function _assets(IRollupHealth.Backing memory backing) private view returns (ProtocolAssets memory) {
        (address[] memory tokens, uint256[] memory amounts, uint256[] memory values) = _lists(backing.held);
        return ProtocolAssets(tokens, amounts, values, backing.assertedAt);
    }

    function _liabilities(IRollupHealth.Backing memory backing) private view returns (ProtocolLiabilities memory) {
        (address[] memory tokens, uint256[] memory amounts, uint256[] memory values) = _lists(backing.owed);
        return ProtocolLiabilities(tokens, amounts, values, backing.assertedAt);
    }

    function _lists(
        uint256 amount
    ) private view returns (address[] memory tokens, uint256[] memory amounts, uint256[] memory values) {
        tokens = new address[](1);
        amounts = new uint256[](1);
        values = new uint256[](1);
        (tokens[0], amounts[0], values[0]) = (asset, amount, _valueOf(amount));
    }

    /// @dev In wei.
    function _valueOf(uint256 amount) private view returns (uint256) {
        if (asset == address(0)) return amount;
        (, int256 answer, , , ) = price.latestRoundData();
        return Math.mulDiv(amount, answer.toUint256() * 1e18, UNIT);
    }
}
