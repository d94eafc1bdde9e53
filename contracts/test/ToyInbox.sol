// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The four views of the inbox that the queue reads, over records that a test appends
/// @notice Lets the queue be tested alone; test/contracts/queue.test.ts runs it over the real one.
contract ToyInbox {
    bytes32[] private _records;
    bytes32[] private _messages;

    function appendBatch(bytes32 record) external {
        _records.push(record);
    }

    function appendMessage(bytes32 hash) external {
        _messages.push(hash);
    }

    function batchCount() external view returns (uint256) {
        return _records.length;
    }

    function delayedCount() external view returns (uint256) {
        return _messages.length;
    }

    function batchRecord(uint256 index) external view returns (bytes32) {
        return _records[index];
    }

    function messageHash(uint256 index) external view returns (bytes32) {
        return _messages[index];
    }
}
