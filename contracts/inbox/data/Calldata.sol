// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatchData} from "../../interfaces/IBatchData.sol";
import {IInbox} from "../../interfaces/IInbox.sol";
import {Chunks} from "../Chunks.sol";
import {BatchData} from "./BatchData.sol";

/// @title Calldata: a batch is the last argument of its transaction's own call
/// @custom:source docs/spec/07-inbox.md#data. Twin of node/data/calldata.
abstract contract Calldata is IBatchData, BatchData {
    uint256 internal constant MAX_BATCH_BYTES = 120_000;

    /// @notice The bytes came through code (the sender's own, delegated): they would not be a transaction's calldata.
    error NotTopLevel();

    /// @inheritdoc IBatchData
    function dataMode() external pure virtual override returns (uint8) {
        return 0;
    }

    function _canCommit(address account) internal view override returns (bool) {
        return account.code.length == 0;
    }

    function _commit(bytes calldata data) internal view virtual override returns (bytes32 chunksHash) {
        // SAFETY: verifiers read the data from the transaction's input. Code, the sequencer's own by delegation included, could hide it.
        // solhint-disable-next-line avoid-tx-origin
        if (msg.sender != tx.origin || !_canCommit(msg.sender)) revert NotTopLevel();
        if (data.length > MAX_BATCH_BYTES) revert BatchTooLarge(data.length, MAX_BATCH_BYTES);
        return Chunks.hash(data);
    }

    function _announce(
        uint256 index,
        bytes32 record,
        bytes32 previous,
        bytes32 chunksHash,
        uint64 delayedCount,
        bool forced
    ) internal override {
        (uint64 l1Number, uint64 l1Time) = (uint64(block.number), uint64(block.timestamp));
        emit IInbox.BatchAppended(index, record, previous, chunksHash, delayedCount, l1Number, l1Time, forced);
    }

    function _counted(uint256 appended) internal pure override returns (uint256) {
        return appended;
    }

    function _isCounted(uint256) internal pure override returns (bool) {
        return true;
    }
}
