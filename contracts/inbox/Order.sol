// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IInbox} from "../interfaces/IInbox.sol";
import {Aliasing} from "./Aliasing.sol";
import {Chunks} from "./Chunks.sol";
import {GasBurner} from "./GasBurner.sol";
import {Records} from "./Records.sol";
import {BatchData} from "./data/BatchData.sol";
import {Sequencing} from "./sequencing/Sequencing.sol";

/// @title Order: batches and messages in a row, wherever the bytes lie and whosever turn it is
/// @dev INVARIANT: `consumedCount <= delayedCount`; hashes, and records of batches that count, never change.
abstract contract Order is IInbox, BatchData, Sequencing {
    using SafeCast for uint256;

    bytes32 internal constant TAG_MESSAGE = keccak256("solvent.message");
    uint256 internal constant MAX_MESSAGE_BYTES = 24_576;
    /// @dev A message may ask for one part in four of a block; one unit of L1 gas is burnt for four of L2.
    uint256 internal constant MAX_MESSAGE_SHARE = 4;
    uint256 internal constant L2_GAS_PER_L1_GAS = 4;
    uint64 internal constant MIN_BLOCK_GAS_LIMIT = 1_000_000;
    /// @dev SAFETY: the program's memory holds a block of that much gas (docs/spec/02-program.md#memory); a larger one could trap it.
    uint64 internal constant MAX_BLOCK_GAS_LIMIT = 30_000_000;
    /// @dev A message is never overdue in the L1 block that it was sent in, so forced batches are at most one for each L1 timestamp.
    uint64 internal constant MIN_FORCE_DELAY = 1;
    /// @dev Whoever is kept out gets in within the time of one challenge.
    uint64 internal constant MAX_FORCE_DELAY = 7 days;

    address public immutable portal;
    uint64 public immutable blockGasLimit;
    uint64 public immutable forceDelay;

    mapping(uint256 index => bytes32) private _records;
    mapping(uint256 index => bytes32) public messageHash;
    /// @dev Of each message; its length is the count of messages.
    uint64[] private _messageTimes;
    uint64 private _batchCount;
    uint64 private _consumedCount;
    /// @dev Of the L1 block of the sequencer's last batch; in the slot of the counts.
    uint64 private _lastPostTime;

    constructor(address portal_, uint64 blockGasLimit_, uint64 forceDelay_) {
        if (portal_ == address(0) || portal_ == address(this)) revert BadParameter("portal");
        if (blockGasLimit_ < MIN_BLOCK_GAS_LIMIT || blockGasLimit_ > MAX_BLOCK_GAS_LIMIT)
            revert BadParameter("blockGasLimit");
        if (forceDelay_ < MIN_FORCE_DELAY || forceDelay_ > MAX_FORCE_DELAY) revert BadParameter("forceDelay");
        portal = portal_;
        blockGasLimit = blockGasLimit_;
        forceDelay = forceDelay_;
    }

    /// @inheritdoc IInbox
    function postBatch(
        uint256 index,
        bytes32 previousRecord,
        uint256 delayedCount_,
        bytes32 messageHash_,
        bytes calldata data
    ) external returns (bytes32 record) {
        _takeTurn(delayedCount_);
        uint256 count = _batchCount;
        if (index != count) revert WrongIndex(index, count);
        // Each batch makes a block at least, and each block is work that somebody must assert and may have to prove.
        if (block.timestamp <= _lastPostTime) revert TooSoon(block.timestamp, uint256(_lastPostTime) + 1);
        bytes32 previous = _recordBefore(count);
        if (previousRecord != previous) revert WrongRecord(previousRecord, previous);
        uint256 consumed = _consumedCount;
        if (delayedCount_ < consumed) revert DelayedBackwards(delayedCount_, consumed);
        uint256 total = _messageTimes.length;
        if (delayedCount_ > total) revert DelayedTooFar(delayedCount_, total);
        bytes32 lastMessage = _messageBefore(delayedCount_);
        if (messageHash_ != lastMessage) revert WrongMessageHash(messageHash_, lastMessage);

        _lastPostTime = block.timestamp.toUint64();
        record = _append(count, previous, _commit(data), delayedCount_, false);
    }

    /// @inheritdoc IInbox
    function sendMessage(
        address to,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) external returns (uint256 index) {
        index = _send(Aliasing.l2Sender(msg.sender), to, 0, value, gasLimit, isCreation, data);
    }

    /// @inheritdoc IInbox
    function sendDeposit(
        address sender,
        address to,
        uint256 mint,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) external returns (uint256 index) {
        if (msg.sender != portal) revert NotPortal(msg.sender, portal);
        index = _send(sender, to, mint, value, gasLimit, isCreation, data);
    }

    /// @inheritdoc IInbox
    function forceInclude(uint256 index, uint256 delayedCount_) external returns (bytes32 record) {
        uint256 count = _batchCount;
        if (index > count) revert WrongIndex(index, count);
        uint256 consumed = _consumedCount;
        if (delayedCount_ <= consumed) revert DelayedBackwards(delayedCount_, consumed + 1);
        uint256 total = _messageTimes.length;
        if (delayedCount_ > total) revert DelayedTooFar(delayedCount_, total);
        uint256 overdue = overdueCount();
        if (delayedCount_ > overdue)
            revert NotOverdue(block.timestamp, uint256(_messageTimes[delayedCount_ - 1]) + forceDelay);

        record = _append(count, _recordBefore(count), Chunks.hash(msg.data[:0]), overdue, true);
    }

    /// @inheritdoc IInbox
    function batchCount() external view returns (uint256) {
        return _counted(_batchCount);
    }

    /// @inheritdoc IInbox
    function batchRecord(uint256 index) external view returns (bytes32) {
        return _isCounted(index) ? _records[index] : bytes32(0);
    }

    /// @inheritdoc IInbox
    function delayedCount() external view returns (uint256) {
        return _messageTimes.length;
    }

    /// @inheritdoc IInbox
    function consumedCount() external view returns (uint256) {
        return _consumedCount;
    }

    /// @inheritdoc IInbox
    function messageTime(uint256 index) external view returns (uint64) {
        return index < _messageTimes.length ? _messageTimes[index] : 0;
    }

    /// @inheritdoc IInbox
    /// @dev Times never fall, so the first message that is too young is found by halving: nobody can make this expensive.
    function overdueCount() public view returns (uint256 low) {
        low = _consumedCount;
        uint256 high = _messageTimes.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (uint256(_messageTimes[middle]) + forceDelay <= block.timestamp) low = middle + 1;
            else high = middle;
        }
    }

    /// @inheritdoc IInbox
    /// @dev The greater of the calldata floor (at most 40 a byte) and the intrinsic gas (at most 16 a byte; a creation 32,000 and 2 for
    /// each word of init code more).
    function minimumGasLimit(uint256 dataLength, bool isCreation) public pure returns (uint64) {
        uint256 minimum = 21_000 + 40 * dataLength;
        if (isCreation) {
            uint256 intrinsic = 53_000 + 16 * dataLength + 2 * ((dataLength + 31) / 32);
            if (intrinsic > minimum) minimum = intrinsic;
        }
        return minimum.toUint64();
    }

    function _overdueCount() internal view override returns (uint256) {
        return overdueCount();
    }

    function _lastPost() internal view override returns (uint64) {
        return _lastPostTime;
    }

    function _append(
        uint256 index,
        bytes32 previous,
        bytes32 chunksHash,
        uint256 delayedCount_,
        bool forced
    ) private returns (bytes32 record) {
        record = Records.hash(previous, chunksHash, delayedCount_, block.number, block.timestamp);
        _records[index] = record;
        _batchCount = (index + 1).toUint64();
        _consumedCount = delayedCount_.toUint64();
        _announce(index, record, previous, chunksHash, delayedCount_.toUint64(), forced);
    }

    function _send(
        address sender,
        address to,
        uint256 mint,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) private returns (uint256 index) {
        if (data.length > MAX_MESSAGE_BYTES) revert MessageTooLarge(data.length, MAX_MESSAGE_BYTES);
        uint256 least = minimumGasLimit(data.length, isCreation);
        if (gasLimit < least) revert GasLimitTooLow(gasLimit, least);
        uint256 most = blockGasLimit / MAX_MESSAGE_SHARE;
        if (gasLimit > most) revert GasLimitTooHigh(gasLimit, most);
        if (isCreation && to != address(0)) revert TargetOfCreation(to);

        index = _messageTimes.length;
        bytes32 parentHash = blockhash(block.number - 1);
        bytes32 hash = keccak256(
            abi.encode(
                [
                    TAG_MESSAGE,
                    _messageBefore(index),
                    bytes32(uint256(uint160(address(this)))),
                    bytes32(uint256(uint160(sender))),
                    bytes32(uint256(isCreation ? 1 : 0)),
                    bytes32(uint256(uint160(to))),
                    bytes32(mint),
                    bytes32(value),
                    bytes32(uint256(gasLimit)),
                    Chunks.hash(data),
                    bytes32(block.number),
                    bytes32(block.timestamp),
                    bytes32(block.basefee),
                    parentHash
                ]
            )
        );
        messageHash[index] = hash;
        _messageTimes.push(block.timestamp.toUint64());
        emit MessageSent(
            index,
            sender,
            hash,
            to,
            isCreation,
            mint,
            value,
            gasLimit,
            data,
            block.number.toUint64(),
            block.timestamp.toUint64(),
            block.basefee,
            parentHash
        );
        GasBurner.burn(gasLimit / L2_GAS_PER_L1_GAS);
    }

    function _appendedCount() internal view override returns (uint256) {
        return _batchCount;
    }

    function _recordAt(uint256 index) internal view override returns (bytes32) {
        return _records[index];
    }

    function _setRecord(uint256 index, bytes32 record) internal override {
        _records[index] = record;
    }

    function _recordBefore(uint256 index) private view returns (bytes32) {
        return index == 0 ? bytes32(0) : _records[index - 1];
    }

    function _messageBefore(uint256 index) private view returns (bytes32) {
        return index == 0 ? bytes32(0) : messageHash[index - 1];
    }
}
