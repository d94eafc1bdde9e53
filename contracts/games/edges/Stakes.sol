// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "../../interfaces/IDispute.sol";
import {Balances} from "../shared/Balances.sol";

/// @title Stakes by level: taken from balances, returned, forfeited
/// @dev INVARIANT: the contract's ether is all balances, the stakes of open edges (one for an assertion and the child that its
/// stake goes on to), the rewards not yet paid, and what was burnt. Nothing takes burnt ether out: no function here can.
abstract contract Stakes is Balances, IDispute {
    uint256 private immutable STAKE_0;
    uint256 private immutable STAKE_1;
    uint256 private immutable STAKE_2;

    /// @inheritdoc IDispute
    uint256 public override burnt;

    constructor(uint256[3] memory stakes) {
        for (uint256 level = 0; level < 3; ++level) if (stakes[level] == 0) revert BadParameter("stakes");
        (STAKE_0, STAKE_1, STAKE_2) = (stakes[0], stakes[1], stakes[2]);
    }

    /// @inheritdoc IDispute
    function stakeOf(uint8 level) public view override returns (uint256) {
        if (level == 0) return STAKE_0;
        if (level == 1) return STAKE_1;
        if (level == 2) return STAKE_2;
        revert WrongLevel(level, 2);
    }

    function _takeStake(uint8 level) internal {
        uint256 stake = stakeOf(level);
        uint256 balance = _balances[msg.sender];
        if (balance < stake) revert InsufficientBalance(balance, stake);
        _balances[msg.sender] = balance - stake;
    }

    function _returnStake(uint8 level, address staker) internal returns (uint256 stake) {
        stake = stakeOf(level);
        _balances[staker] += stake;
    }

    /// @dev Only the burnt half deters: a liar may post the truth too and be paid for its moves.
    function _forfeitStake(uint8 level) internal returns (uint256 reward, uint256 burnt_) {
        uint256 stake = stakeOf(level);
        reward = stake / 2;
        burnt_ = stake - reward;
        burnt += burnt_;
    }
}
