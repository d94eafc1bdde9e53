// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IRollupHealth} from "../interfaces/IRollupHealth.sol";

/// @title BackingFeed: the backing of one asset as a Chainlink feed
/// @notice The answer is held / owed in 1e8: 100,000,000 is fully backed. `updatedAt` is the L1 time of the confirmed assertion behind
/// it, so who refuses stale feeds refuses this one when nobody renews it. A round is the L2 block of that assertion.
/// @dev Past rounds are not kept. Before anything confirmed was proven it reverts, as a feed without data does.
contract BackingFeed is AggregatorV3Interface {
    using SafeCast for uint256;

    IRollupHealth public immutable oracle;
    address public immutable asset;

    error NoDataPresent(uint80 roundId);

    constructor(IRollupHealth oracle_, address asset_) {
        oracle = oracle_;
        asset = asset_;
    }

    /// @inheritdoc AggregatorV3Interface
    function getRoundData(
        uint80 roundId_
    ) external view override returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80) {
        (roundId, answer, startedAt, updatedAt, ) = latestRoundData();
        if (roundId != roundId_) revert NoDataPresent(roundId_);
        return (roundId, answer, startedAt, updatedAt, roundId);
    }

    /// @inheritdoc AggregatorV3Interface
    function decimals() external pure override returns (uint8) {
        return 8;
    }

    /// @inheritdoc AggregatorV3Interface
    function description() external pure override returns (string memory) {
        return "Solvent: held on L1 / owed on L2";
    }

    /// @inheritdoc AggregatorV3Interface
    function version() external pure override returns (uint256) {
        return 1;
    }

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData()
        public
        view
        override
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        IRollupHealth.Backing memory backing = oracle.backing(asset);
        roundId = backing.l2BlockNumber;
        return (roundId, (backing.ratio / 1e10).toInt256(), backing.assertedAt, backing.assertedAt, roundId);
    }
}
