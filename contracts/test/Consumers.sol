// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {ISolvencyProof} from "../interfaces/ISolvencyProof.sol";

/// @title FeedConsumer: knows Chainlink's interface and nothing of rollups; mints only while its reserve feed is full and fresh
contract FeedConsumer is ERC20("Guarded", "GRD") {
    AggregatorV3Interface public immutable feed;
    uint256 public immutable maxAge;

    error Stale(uint256 updatedAt);
    error ShortOfReserve(int256 answer);

    constructor(AggregatorV3Interface feed_, uint256 maxAge_) {
        feed = feed_;
        maxAge = maxAge_;
    }

    function mint(uint256 amount) external {
        (, int256 answer, , uint256 updatedAt, ) = feed.latestRoundData();
        if (updatedAt + maxAge < block.timestamp) revert Stale(updatedAt);
        if (answer < int256(10 ** uint256(feed.decimals()))) revert ShortOfReserve(answer);
        _mint(msg.sender, amount);
    }
}

/// @title ProofConsumer: knows ERC-7893 alone
contract ProofConsumer {
    ISolvencyProof public immutable proof;

    constructor(ISolvencyProof proof_) {
        proof = proof_;
    }

    /// @return isSolvent Whether the protocol says so.
    /// @return missing Wei by which the liabilities exceed the assets.
    function assess() external view returns (bool isSolvent, uint256 missing) {
        (isSolvent, ) = proof.verifySolvency();
        uint256 assets = _sum(proof.getProtocolAssets().values);
        uint256 liabilities = _sum(proof.getProtocolLiabilities().values);
        missing = liabilities > assets ? liabilities - assets : 0;
    }

    function _sum(uint256[] memory values) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < values.length; ++i) sum += values[i];
    }
}

/// @title FixedFeed: a price that a test sets
contract FixedFeed is AggregatorV3Interface {
    int256 public answer;
    // solhint-disable-next-line const-name-snakecase
    uint8 public constant decimals = 18;
    // solhint-disable-next-line const-name-snakecase
    uint256 public constant version = 1;
    // solhint-disable-next-line const-name-snakecase
    string public constant description = "fixed";

    constructor(int256 answer_) {
        answer = answer_;
    }

    function set(int256 answer_) external {
        answer = answer_;
    }

    function getRoundData(uint80) external view returns (uint80, int256, uint256, uint256, uint80) {
        return latestRoundData();
    }

    function latestRoundData() public view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, answer, block.timestamp, block.timestamp, 1);
    }
}
