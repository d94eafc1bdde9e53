// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IAltda: batches whose bytes are off L1, and how their absence becomes a fact of L1
/// @notice A batch is appended as a commitment to its bytes. Whoever cannot get them challenges within `challengeWindow`; anyone answers
/// within `resolveWindow` by publishing them. A batch counts once its window is over or it was answered, in order; one that was challenged
/// and not answered counts with no bytes. Until then it is `pending`.
/// @dev A challenge makes no statement about who is at fault. TRUST: where nobody honest challenges in time, a batch counts whose bytes
/// only some know.
/// @custom:source docs/spec/07-inbox.md#altda. Twin: node/data/altda.
interface IAltda {
    /// @notice A batch as it was appended; its hash is `committedRecord(index)` until it counts.
    /// @param previous Record of the batch before, as it stood when this one was appended.
    /// @param chunksHash Chunks hash of the bytes; of no bytes for a forced batch.
    /// @param delayedCount Delayed messages consumed when this batch is done.
    /// @param l1Number Number of the L1 block it was appended in.
    /// @param l1Time Time of that block, in seconds.
    struct Commitment {
        bytes32 previous;
        bytes32 chunksHash;
        uint64 delayedCount;
        uint64 l1Number;
        uint64 l1Time;
    }

    /// @notice What stands against a commitment.
    enum Status {
        None,
        Challenged,
        Resolved
    }

    /// @notice A batch was appended and is pending. Fields as in `IInbox.BatchAppended`, which follows when it counts.
    event BatchCommitted(
        uint256 indexed index,
        bytes32 indexed record,
        bytes32 previousRecord,
        bytes32 chunksHash,
        uint64 delayedCount,
        uint64 l1Number,
        uint64 l1Time,
        bool forced
    );

    /// @notice Somebody says that the bytes of a batch cannot be had. They may be published up to second `resolveUntil`.
    event BatchChallenged(uint256 indexed index, address indexed challenger, uint64 resolveUntil);

    /// @notice The bytes of a challenged batch.
    event BatchResolved(uint256 indexed index, address indexed resolver, bytes data);

    /// @notice Nobody published the bytes in time: the batch counts with none.
    event BatchExpired(uint256 indexed index, address indexed challenger);

    /// @notice A balance was paid out.
    event BondWithdrawn(address indexed account, address to, uint256 amount);

    /// @notice A commitment is 32 bytes that are not the chunks hash of no bytes.
    error BadCommitment(uint256 length);
    /// @notice Batch `index` is not there, or counts already; pending are those from `first` up to `count`.
    error NotPending(uint256 index, uint256 first, uint256 count);
    /// @notice The batch was appended as another.
    error WrongCommitment(bytes32 actual, bytes32 required);
    /// @notice A forced batch has no bytes that could be missing.
    error NothingToChallenge(uint256 index);
    /// @notice The batch is in another state than the call needs.
    error WrongStatus(Status actual, Status required);
    error WrongBond(uint256 actual, uint256 required);
    /// @notice It was possible up to second `last`.
    error WindowOver(uint256 actual, uint256 last);
    /// @notice The batch counts from second `required` on, unless it is answered or challenged before.
    error WindowOpen(uint256 actual, uint256 required);
    /// @notice These bytes have another chunks hash.
    error WrongBytes(bytes32 actual, bytes32 required);
    error TransferFailed();

    /// @notice Says that the bytes of a pending batch cannot be had, for anyone, once for each batch.
    /// @dev Up to and in second `l1Time + challengeWindow`. The bond returns when nobody answers; an answer's gas is paid out of it.
    /// @custom:reverts NotPending, WrongCommitment, NothingToChallenge, WrongStatus, WindowOver, WrongBond.
    function challenge(uint256 index, Commitment calldata commitment) external payable;

    /// @notice Publishes the bytes of a challenged batch, for anyone; it may count from then on.
    /// @dev Up to and in second `challenged + resolveWindow`. Who answers is paid 40 gas a byte and the rest of an answer's gas at the
    /// block's base fee, at most the bond; what is left of it returns to who challenged. Both by `withdrawBond`.
    /// @param data At most 120,000 bytes.
    /// @custom:reverts NotPending, WrongCommitment, WrongStatus, WindowOver, BatchTooLarge, WrongBytes.
    function resolve(uint256 index, Commitment calldata commitment, bytes calldata data) external;

    /// @notice Lets pending batches count, for anyone, in order. Emits `IInbox.BatchAppended` for each.
    /// @dev Those that count already are passed over, so that two who call at once do not stop each other.
    /// @param index Number of the first of `commitments`; none before it may be pending.
    /// @return count Batches that count now.
    /// @custom:reverts NotPending, WrongCommitment, WindowOpen.
    function settle(uint256 index, Commitment[] calldata commitments) external returns (uint256 count);

    /// @notice Pays the caller's balance to `to`; nothing where there is none.
    /// @custom:reverts TransferFailed.
    function withdrawBond(address payable to) external returns (uint256 amount);

    /// @notice What `account` gets by `withdrawBond`, in wei.
    function bondOf(address account) external view returns (uint256);

    /// @notice Batches that were appended, pending ones included.
    function committedCount() external view returns (uint256);

    /// @notice Record of batch `index` as written last, pending or not: what the next batch builds on. 0 when there is none.
    function committedRecord(uint256 index) external view returns (bytes32);

    /// @notice What stands against batch `index`, by whom, and since which second.
    function challengeOf(uint256 index) external view returns (Status status, address challenger, uint64 time);

    /// @notice Seconds after a batch's L1 block in which it may be challenged.
    function challengeWindow() external view returns (uint64);

    /// @notice Seconds after a challenge in which it may be answered.
    function resolveWindow() external view returns (uint64);

    /// @notice Wei that a challenge takes.
    function challengeBond() external view returns (uint256);
}
