// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAltda} from "../interfaces/IAltda.sol";

/// @title Reclaimer: challenges, and asks for its bond again while it is being paid
contract Reclaimer {
    IAltda private immutable _inbox;
    uint256 public received;
    uint256 public paidInside;

    constructor(IAltda inbox) {
        _inbox = inbox;
    }

    receive() external payable {
        _takeAgain(msg.value);
    }

    function challenge(uint256 index, IAltda.Commitment calldata commitment) external payable {
        _inbox.challenge{value: msg.value}(index, commitment);
    }

    function withdraw() external returns (uint256) {
        return _inbox.withdrawBond(payable(address(this)));
    }

    function _takeAgain(uint256 amount) private {
        received += amount;
        paidInside += _inbox.withdrawBond(payable(address(this)));
    }
}
