// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ISequencing: whose turn it is to append a batch
/// @notice The seam between the order of batches and those who make it. Forced inclusion is no turn: anyone may always do it.
/// @custom:source docs/spec/07-inbox.md#sequencing. Twin: `KINDS` in sequencer/turns/registry.ts.
interface ISequencing {
    error NotSequencer(address actual, address required);

    /// @notice Which variant: 0 is `Single`, 1 `Rotation`.
    function sequencingMode() external view returns (uint8);

    /// @notice Who is meant to append the next batch; 0 where nobody is before others.
    function sequencer() external view returns (address);

    /// @notice Whether `account` may append a batch in this L1 block, as far as its turn goes.
    function mayCommit(address account) external view returns (bool);
}
