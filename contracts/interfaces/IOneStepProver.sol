// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInbox} from "./IInbox.sol";

/// @title The L1 half of the proof VM: it judges one machine step.
/// @notice Consumed by the dispute game, which knows nothing of the machine but these four functions. Hashes and
/// encodings: docs/spec/05-machine-proofs.md.
/// @dev A proven fault of the program is a state (a trapped machine); a bad proof is a revert.
interface IOneStepProver {
    /// @notice What one run of the program may see of L1: counts, and the last hash under each count.
    /// @param batchCount Batches with a lower index are found.
    /// @param lastBatch Record of batch `batchCount - 1`, zero if there is none.
    /// @param delayedCount Delayed messages with a lower index are found.
    /// @param lastDelayed Hash of message `delayedCount - 1`, zero if there is none.
    struct InboxState {
        uint64 batchCount;
        bytes32 lastBatch;
        uint64 delayedCount;
        bytes32 lastDelayed;
    }

    /// @notice Hash of the machine that starts on `outputRoot` with these limits.
    /// @dev Already trapped for the zero output root: zero absorbs, so every true history can be proven.
    /// @param outputRoot Output root before the run.
    /// @param limits Of the run; only the two counts enter the machine.
    /// @return machineHash The machine hash.
    function initialState(bytes32 outputRoot, InboxState calldata limits) external view returns (bytes32 machineHash);

    /// @notice Hash and result of the machine that these register bytes describe.
    /// @param machine The 128 register bytes of docs/spec/05-machine-proofs.md#registers; reverts on any other length.
    /// @return machineHash The machine hash.
    /// @return outputRoot The output register if the machine is halted, else zero.
    function result(bytes calldata machine) external view returns (bytes32 machineHash, bytes32 outputRoot);

    /// @notice The machine after one step.
    /// @dev The identity for a machine that is not running. INVARIANT: for given `before` and `limits` no two witnesses
    /// give two answers.
    /// @param before Machine hash before the step.
    /// @param limits Of the run; must be the ones that the machine holds.
    /// @param witness Registers, instruction, touched leaves with proofs, host data; consumed to the last byte.
    /// @return afterHash Machine hash after the step. Reverts on a bad proof.
    function step(
        bytes32 before,
        InboxState calldata limits,
        bytes calldata witness
    ) external view returns (bytes32 afterHash);

    /// @notice The Inbox whose records the program reads, for ever.
    function inbox() external view returns (IInbox);
}
