// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Assets, liabilities and their ratio
/// @custom:source ERC-7893; names and types are theirs.
interface ISolvencyProof {
    struct ProtocolAssets {
        address[] tokens;
        uint256[] amounts;
        uint256[] values;
        uint256 timestamp;
    }

    struct ProtocolLiabilities {
        address[] tokens;
        uint256[] amounts;
        uint256[] values;
        uint256 timestamp;
    }

    event SolvencyMetricsUpdated(
        uint256 totalAssets,
        uint256 totalLiabilities,
        uint256 healthFactor,
        uint256 timestamp
    );
    event RiskAlert(string riskLevel, uint256 currentValue, uint256 threshold, uint256 timestamp);

    function updateAssets(address[] calldata tokens, uint256[] calldata amounts, uint256[] calldata values) external;

    function updateLiabilities(
        address[] calldata tokens,
        uint256[] calldata amounts,
        uint256[] calldata values
    ) external;

    function getProtocolAssets() external view returns (ProtocolAssets memory);

    function getProtocolLiabilities() external view returns (ProtocolLiabilities memory);

    function getSolvencyRatio() external view returns (uint256);

    function verifySolvency() external view returns (bool isSolvent, uint256 healthFactor);

    function getSolvencyHistory(
        uint256 startTime,
        uint256 endTime
    )
        external
        view
        returns (
            uint256[] memory timestamps,
            uint256[] memory ratios,
            ProtocolAssets[] memory assets,
            ProtocolLiabilities[] memory liabilities
        );
}
