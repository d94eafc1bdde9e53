// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAssertionGames} from "../interfaces/IAssertionGames.sol";
import {IInbox} from "../interfaces/IInbox.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {Brake} from "./Brake.sol";
import {Exits} from "./Exits.sol";
import {Portal} from "./Portal.sol";

/// @title BrakedPortal: a portal that ether leaves at a bounded rate
/// @notice Finalising, or exiting with, what does not fit pays nothing and starts its wait; the same call pays later.
contract BrakedPortal is Portal, Brake {
    address private constant ETHER = address(0);

    /// @param limits Of ether, and no other.
    constructor(
        IInbox inbox_,
        IAssertionGames queue_,
        uint256 genesisBalance_,
        Limit[] memory limits
    ) payable Portal(inbox_, queue_, genesisBalance_) Brake(limits) {
        if (limits.length != 1 || limits[0].asset != ETHER) revert BadLimit(ETHER);
    }

    /// @inheritdoc IPortal
    /// @dev And not while it is held, though one that fits by then would be paid.
    function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) public view override {
        super.checkWithdrawal(withdrawalHash, proofSubmitter);
        if (block.timestamp < heldUntil[withdrawalHash]) revert OptimismPortal_ProofNotOldEnough();
    }

    /// @inheritdoc Exits
    function _passes(bytes32 key, uint256 amount) internal override returns (bool) {
        return _passesBrake(key, ETHER, amount);
    }
}
