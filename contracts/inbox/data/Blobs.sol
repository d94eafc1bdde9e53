// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatchData} from "../../interfaces/IBatchData.sol";
import {Calldata} from "./Calldata.sol";

/// @title Blobs: a batch is the one blob of its transaction, or calldata where the transaction carries none
/// @notice The record's hash says which, so the sequencer takes whichever is cheaper, batch by batch.
/// @custom:source docs/spec/07-inbox.md#blobs. Twin of node/data/blobs.
abstract contract Blobs is Calldata {
    bytes32 internal constant TAG_BLOBS = keccak256("solvent.blobs");
    /// @dev Of EIP-4844's hashes: the first byte. What another version commits to, the program could not open.
    uint256 internal constant VERSION = 1;

    /// @notice The transaction carries a blob beside the batch's.
    error TooManyBlobs();
    /// @notice A batch comes as a blob or as calldata, not as both.
    error BlobAndCalldata(uint256 actual);
    error BlobVersion(bytes32 versionedHash);

    /// @inheritdoc IBatchData
    function dataMode() external pure override returns (uint8) {
        return 2;
    }

    /// @dev The hashes of its blobs stand in a transaction whoever calls, so a blob may come through code.
    function _commit(bytes calldata data) internal view override returns (bytes32 chunksHash) {
        bytes32 versionedHash = blobhash(0);
        if (versionedHash == 0) return super._commit(data);
        if (blobhash(1) != 0) revert TooManyBlobs();
        if (data.length != 0) revert BlobAndCalldata(data.length);
        if (uint256(versionedHash) >> 248 != VERSION) revert BlobVersion(versionedHash);
        return keccak256(abi.encode(TAG_BLOBS, versionedHash));
    }
}
