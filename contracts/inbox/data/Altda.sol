// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAltda} from "../../interfaces/IAltda.sol";
import {IBatchData} from "../../interfaces/IBatchData.sol";
import {IInbox} from "../../interfaces/IInbox.sol";
import {Chunks} from "../Chunks.sol";
import {Records} from "../Records.sol";
import {BatchData} from "./BatchData.sol";

/// @title Altda: a batch is a commitment; bytes that nobody publishes when asked are none
/// @dev The chain of records is written when batches are appended, as if all bytes were there, and that is what it stays as long as no
/// challenge expires. INVARIANT: `_settledCount` never falls, and no record below it changes.
/// @custom:source docs/spec/07-inbox.md#altda. Twin of node/data/altda.
abstract contract Altda is IAltda, IBatchData, BatchData {
    using SafeCast for uint256;

    struct Challenge {
        Status status;
        address challenger;
        uint64 time;
    }

    uint256 internal constant MAX_BATCH_BYTES = 120_000;
    /// @dev Of no bytes, as `Chunks.hash`.
    bytes32 internal constant NO_BYTES = keccak256(abi.encode(Chunks.TAG));
    uint64 internal constant MIN_WINDOW = 1;
    uint64 internal constant MAX_WINDOW = 7 days;
    /// @dev Gas of an answer beside its bytes, and of a byte at the calldata floor; from below.
    uint256 internal constant RESOLVE_GAS = 60_000;
    uint256 internal constant RESOLVE_GAS_PER_BYTE = 40;

    uint64 public immutable override challengeWindow;
    uint64 public immutable override resolveWindow;
    uint256 public immutable override challengeBond;

    uint256 private _settledCount;
    mapping(uint256 index => Challenge) public override challengeOf;
    mapping(address account => uint256) public override bondOf;

    constructor(uint64 challengeWindow_, uint64 resolveWindow_, uint256 challengeBond_) {
        if (challengeWindow_ < MIN_WINDOW || challengeWindow_ > MAX_WINDOW)
            revert IInbox.BadParameter("challengeWindow");
        if (resolveWindow_ < MIN_WINDOW || resolveWindow_ > MAX_WINDOW) revert IInbox.BadParameter("resolveWindow");
        if (challengeBond_ == 0) revert IInbox.BadParameter("challengeBond");
        challengeWindow = challengeWindow_;
        resolveWindow = resolveWindow_;
        challengeBond = challengeBond_;
    }

    /// @inheritdoc IAltda
    function challenge(uint256 index, Commitment calldata commitment) external payable override {
        _requirePending(index, commitment);
        if (commitment.chunksHash == NO_BYTES) revert NothingToChallenge(index);
        _requireStatus(index, Status.None);
        uint256 last = uint256(commitment.l1Time) + challengeWindow;
        if (block.timestamp > last) revert WindowOver(block.timestamp, last);
        if (msg.value != challengeBond) revert WrongBond(msg.value, challengeBond);

        uint64 time = block.timestamp.toUint64();
        challengeOf[index] = Challenge(Status.Challenged, msg.sender, time);
        emit BatchChallenged(index, msg.sender, time + resolveWindow);
    }

    /// @inheritdoc IAltda
    function resolve(uint256 index, Commitment calldata commitment, bytes calldata data) external override {
        _requirePending(index, commitment);
        _requireStatus(index, Status.Challenged);
        Challenge memory challenge_ = challengeOf[index];
        uint256 last = uint256(challenge_.time) + resolveWindow;
        if (block.timestamp > last) revert WindowOver(block.timestamp, last);
        if (data.length > MAX_BATCH_BYTES) revert BatchTooLarge(data.length, MAX_BATCH_BYTES);
        bytes32 chunksHash = Chunks.hash(data);
        if (chunksHash != commitment.chunksHash) revert WrongBytes(chunksHash, commitment.chunksHash);

        challengeOf[index].status = Status.Resolved;
        uint256 cost = (RESOLVE_GAS + RESOLVE_GAS_PER_BYTE * data.length) * block.basefee;
        if (cost > challengeBond) cost = challengeBond;
        bondOf[msg.sender] += cost;
        bondOf[challenge_.challenger] += challengeBond - cost;
        emit BatchResolved(index, msg.sender, data);
    }

    /// @inheritdoc IAltda
    function settle(uint256 index, Commitment[] calldata commitments) external override returns (uint256 count) {
        count = _settledCount;
        if (index > count) revert NotPending(index, count, _appendedCount());
        for (uint256 i = count - index; i < commitments.length; ++i) {
            _settle(count, commitments[i]);
            ++count;
        }
        _settledCount = count;
    }

    /// @inheritdoc IAltda
    function withdrawBond(address payable to) external override returns (uint256 amount) {
        amount = bondOf[msg.sender];
        if (amount == 0) return 0;
        bondOf[msg.sender] = 0;
        emit BondWithdrawn(msg.sender, to, amount);
        (bool success, ) = to.call{value: amount}("");
        if (!success) revert TransferFailed();
    }

    /// @inheritdoc IAltda
    function committedCount() external view override returns (uint256) {
        return _appendedCount();
    }

    /// @inheritdoc IAltda
    function committedRecord(uint256 index) external view override returns (bytes32) {
        return _recordAt(index);
    }

    /// @inheritdoc IBatchData
    function dataMode() external pure override returns (uint8) {
        return 1;
    }

    function _canCommit(address) internal pure override returns (bool) {
        return true;
    }

    /// @dev The commitment is in the event, so it may come through code.
    function _commit(bytes calldata data) internal pure override returns (bytes32 chunksHash) {
        if (data.length != 32) revert BadCommitment(data.length);
        chunksHash = bytes32(data);
        // No bytes are a forced batch's alone: nothing can be missing of it.
        if (chunksHash == NO_BYTES) revert BadCommitment(data.length);
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
        emit BatchCommitted(index, record, previous, chunksHash, delayedCount, l1Number, l1Time, forced);
    }

    function _counted(uint256) internal view override returns (uint256) {
        return _settledCount;
    }

    function _isCounted(uint256 index) internal view override returns (bool) {
        return index < _settledCount;
    }

    /// @dev Lets the first pending batch count, under the record that it has behind those before it.
    function _settle(uint256 index, Commitment calldata commitment) private {
        bytes32 committed = _requireCommitment(index, commitment);
        bytes32 chunksHash = _verdict(index, commitment);
        bytes32 previous = index == 0 ? bytes32(0) : _recordAt(index - 1);
        (uint64 delayedCount, uint64 l1Number, uint64 l1Time) = (
            commitment.delayedCount,
            commitment.l1Number,
            commitment.l1Time
        );
        bytes32 record = Records.hash(previous, chunksHash, delayedCount, l1Number, l1Time);
        if (record != committed) _setRecord(index, record);
        bool forced = commitment.chunksHash == NO_BYTES;
        emit IInbox.BatchAppended(index, record, previous, chunksHash, delayedCount, l1Number, l1Time, forced);
    }

    /// @dev Chunks hash under which a batch counts now; of no bytes where a challenge of it has expired. Reverts while that is open.
    function _verdict(uint256 index, Commitment calldata commitment) private returns (bytes32 chunksHash) {
        chunksHash = commitment.chunksHash;
        Challenge memory challenge_ = challengeOf[index];
        if (chunksHash == NO_BYTES || challenge_.status == Status.Resolved) return chunksHash;
        bool isChallenged = challenge_.status == Status.Challenged;
        uint256 last =
            isChallenged ? uint256(challenge_.time) + resolveWindow : uint256(commitment.l1Time) + challengeWindow;
        if (block.timestamp <= last) revert WindowOpen(block.timestamp, last + 1);
        if (!isChallenged) return chunksHash;
        bondOf[challenge_.challenger] += challengeBond;
        emit BatchExpired(index, challenge_.challenger);
        return NO_BYTES;
    }

    function _requirePending(uint256 index, Commitment calldata commitment) private view {
        if (index < _settledCount) revert NotPending(index, _settledCount, _appendedCount());
        _requireCommitment(index, commitment);
    }

    function _requireCommitment(
        uint256 index,
        Commitment calldata commitment
    ) private view returns (bytes32 committed) {
        uint256 count = _appendedCount();
        if (index >= count) revert NotPending(index, _settledCount, count);
        committed = _recordAt(index);
        bytes32 actual = Records.hash(
            commitment.previous,
            commitment.chunksHash,
            commitment.delayedCount,
            commitment.l1Number,
            commitment.l1Time
        );
        if (actual != committed) revert WrongCommitment(actual, committed);
    }

    function _requireStatus(uint256 index, Status required) private view {
        Status actual = challengeOf[index].status;
        if (actual != required) revert WrongStatus(actual, required);
    }
}
