// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tournaments} from "../games/tournament/Tournaments.sol";
import {IInbox} from "../interfaces/IInbox.sol";
import {IOneStepProver} from "../interfaces/IOneStepProver.sol";

/// @title The queue of tournaments with trees of any height, for models that are played through
/// @notice Its first assertions see what the inbox holds when it is made, so that a game begins with blocks to dispute.
contract ToyTournament is Tournaments {
    constructor(Parameters memory p) Tournaments(p) {}

    function _genesisInbox(IInbox inbox_) internal view override returns (IOneStepProver.InboxState memory) {
        return _inboxState(inbox_);
    }
}
