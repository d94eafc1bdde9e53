// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IBatchData: where the bytes of batches are
/// @notice The seam between the order of batches and their bytes: a variant says who may bring bytes, checks them and commits to
/// them by one hash: of their chunks, or of the blob that holds them. Order, records and readers of the order know nothing else of it.
/// @custom:source docs/spec/07-inbox.md#data. Twin: `MODES` in node/data/registry.ts.
interface IBatchData {
    error BatchTooLarge(uint256 actual, uint256 required);

    /// @notice Which variant: 0 is `Calldata`, 1 is `Altda`, 2 is `Blobs`.
    function dataMode() external view returns (uint8);
}
