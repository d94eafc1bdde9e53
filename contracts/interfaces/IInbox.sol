// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatchData} from "./IBatchData.sol";
import {ISequencing} from "./ISequencing.sol";

/// @title Inbox: everything the chain is made of, in order
/// @notice Batches of the sequencer, messages from L1, and forced inclusion of messages that were left waiting. L2 is a pure
/// function of what stands here: where a batch's bytes are says `dataMode`, everything else is in the events.
/// @custom:source docs/spec/01-interfaces.md#hashes, docs/spec/07-inbox.md. Twin: protocol.
interface IInbox is IBatchData, ISequencing {
    /// @notice A batch counts: at once where its bytes are on L1, else when its data mode says so. `record` is `keccak(TAG("batch"), previous, chunksHash, delayedCount, l1Number, l1Time)`.
    /// @param index Number of the batch, from 0.
    /// @param record The batch record, as `batchRecord(index)`.
    /// @param previousRecord The record before it; 0 for the first.
    /// @param chunksHash Chunks hash of the batch's bytes; of no bytes when `forced`, and when its data mode takes them for lost.
    /// @param delayedCount Delayed messages consumed when this batch is done.
    /// @param l1Number Number of the L1 block in which it was appended: the one of this event, where a batch counts at once.
    /// @param l1Time Time of that block, in seconds.
    /// @param forced True for `forceInclude`: there is no data. False for `postBatch`: the data is where `dataMode` says.
    event BatchAppended(
        uint256 indexed index,
        bytes32 indexed record,
        bytes32 previousRecord,
        bytes32 chunksHash,
        uint64 delayedCount,
        uint64 l1Number,
        uint64 l1Time,
        bool forced
    );

    /// @notice A delayed message was appended; with `index` and the Inbox's address this is its whole preimage.
    /// @param index Number of the message, from 0.
    /// @param sender Who it is from on L2, already aliased.
    /// @param hash The message hash, as `messageHash(index)`.
    /// @param to Target on L2; meaningless (0) for a creation.
    /// @param isCreation True when the message creates a contract.
    /// @param mint Wei minted to `sender` on L2.
    /// @param value Wei sent to the target.
    /// @param gasLimit Gas of the message on L2.
    /// @param data Calldata, or the init code of a creation.
    /// @param l1Number Number of the L1 block of this event.
    /// @param l1Time Time of the L1 block of this event, in seconds.
    /// @param l1BaseFee Base fee of that block, in wei.
    /// @param l1ParentHash Hash of the block before it.
    event MessageSent(
        uint256 indexed index,
        address indexed sender,
        bytes32 hash,
        address to,
        bool isCreation,
        uint256 mint,
        uint256 value,
        uint64 gasLimit,
        bytes data,
        uint64 l1Number,
        uint64 l1Time,
        uint256 l1BaseFee,
        bytes32 l1ParentHash
    );

    error NotPortal(address actual, address required);
    error WrongIndex(uint256 actual, uint256 required);
    /// @notice The sequencer's next batch may come in an L1 block of time `required` or later.
    error TooSoon(uint256 actual, uint256 required);
    error WrongRecord(bytes32 actual, bytes32 required);
    error WrongMessageHash(bytes32 actual, bytes32 required);
    error DelayedBackwards(uint256 actual, uint256 required);
    error DelayedTooFar(uint256 actual, uint256 required);
    error MessageTooLarge(uint256 actual, uint256 required);
    error GasLimitTooLow(uint256 actual, uint256 required);
    error GasLimitTooHigh(uint256 actual, uint256 required);
    /// @notice Creations have no target.
    error TargetOfCreation(address actual);
    /// @notice Message `delayedCount - 1` may be forced from `required` on.
    error NotOverdue(uint256 actual, uint256 required);
    error BadParameter(bytes32 name);

    /// @notice Appends a batch. Reverts unless it builds on exactly what it says, so an L1 reorg cannot give it another meaning.
    /// @dev Only whose turn it is (`ISequencing`). At most one for each L1 timestamp: every batch makes a block at least, so empty ones
    /// would be a flood of blocks for little gas.
    /// @param index Number of this batch: the count of batches so far, whether they count yet or not.
    /// @param previousRecord Record of the batch before; 0 for the first.
    /// @param delayedCount Delayed messages consumed when this batch is done; never less than before, never more than there are.
    /// @param messageHash_ Hash of message `delayedCount - 1`; 0 when `delayedCount` is 0.
    /// @param data What the data mode takes: at most 120,000 bytes, not interpreted here (what is malformed becomes an empty block), or 32 of
    /// a commitment to them.
    /// @return record The new record.
    /// @custom:reverts WrongIndex, TooSoon, WrongRecord, DelayedBackwards, DelayedTooFar, WrongMessageHash; what its sequencing and its
    /// data refuse: NotSequencer; NotTopLevel, BatchTooLarge, BadCommitment.
    /// @custom:gas pinned as "inbox: post batch ..." in test/snapshots.
    function postBatch(
        uint256 index,
        bytes32 previousRecord,
        uint256 delayedCount,
        bytes32 messageHash_,
        bytes calldata data
    ) external returns (bytes32 record);

    /// @notice Sends a message to L2 without minting: an ordinary account's transaction that the sequencer cannot keep out.
    /// @dev Burns `gasLimit / 4` of L1 gas, so that L1 gas bounds forced L2 work. The sender on L2 is the caller, aliased if it is a contract.
    /// @param to Target on L2; must be 0 when `isCreation`.
    /// @param value Wei, out of what the sender owns on L2.
    /// @param gasLimit From `minimumGasLimit(data.length, isCreation)` to a quarter of L2's block gas limit.
    /// @param isCreation True to create a contract from `data`.
    /// @param data At most 24,576 bytes.
    /// @return index Number of the message.
    /// @custom:reverts MessageTooLarge, GasLimitTooLow, GasLimitTooHigh, TargetOfCreation.
    function sendMessage(
        address to,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) external returns (uint256 index);

    /// @notice The same for the portal, which holds the ether that `mint` stands for and has aliased `sender`.
    /// @custom:reverts NotPortal, and as `sendMessage`.
    function sendDeposit(
        address sender,
        address to,
        uint256 mint,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) external returns (uint256 index);

    /// @notice Appends a batch without data that consumes exactly the messages that are at least `forceDelay` old, for anyone.
    /// @dev Both arguments are lower bounds, so that neither a batch nor a message that comes in between (or is made to) stops the call.
    /// @param index At most the count of batches; the forced batch has this number or a later one.
    /// @param delayedCount The call is refused unless it consumes message `delayedCount - 1`, and that was still waiting.
    /// @return record The new record.
    /// @custom:reverts WrongIndex, DelayedBackwards, DelayedTooFar, NotOverdue.
    function forceInclude(uint256 index, uint256 delayedCount) external returns (bytes32 record);

    /// @notice Count of batches that count.
    function batchCount() external view returns (uint256);

    /// @notice Count of delayed messages.
    function delayedCount() external view returns (uint256);

    /// @notice Delayed messages consumed by the batches so far, whether they count yet or not.
    function consumedCount() external view returns (uint256);

    /// @notice Count of messages that `forceInclude` would leave consumed now.
    function overdueCount() external view returns (uint256);

    /// @notice Record of batch `index`; 0 when there is none that counts.
    function batchRecord(uint256 index) external view returns (bytes32);

    /// @notice Hash of delayed message `index`; 0 when there is none.
    function messageHash(uint256 index) external view returns (bytes32);

    /// @notice Time of the L1 block of delayed message `index`, in seconds; 0 when there is none.
    function messageTime(uint256 index) external view returns (uint64);

    /// @notice The least gas limit that lets a message run: intrinsic gas, calldata floor and init code included.
    function minimumGasLimit(uint256 dataLength, bool isCreation) external pure returns (uint64);

    /// @notice The one contract that may call `sendDeposit`.
    function portal() external view returns (address);

    /// @notice L2's block gas limit.
    function blockGasLimit() external view returns (uint64);

    /// @notice Age from which a message can be forced in, in seconds: 1 to 7 days.
    function forceDelay() external view returns (uint64);
}
