// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISequencing} from "../../interfaces/ISequencing.sol";
import {Sequencing} from "./Sequencing.sol";

/// @title Single: it is always the same account's turn
/// @custom:source docs/spec/07-inbox.md#sequencing. Twin of sequencer/turns/single.
abstract contract Single is ISequencing, Sequencing {
    address public immutable override sequencer;

    constructor(address sequencer_) {
        sequencer = sequencer_;
    }

    /// @inheritdoc ISequencing
    function sequencingMode() external pure override returns (uint8) {
        return 0;
    }

    /// @inheritdoc ISequencing
    function mayCommit(address account) external view override returns (bool) {
        return account == sequencer;
    }

    function _takeTurn(uint256) internal view override {
        if (msg.sender != sequencer) revert NotSequencer(msg.sender, sequencer);
    }
}
