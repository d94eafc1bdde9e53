// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "../../interfaces/IDispute.sol";

/// @title Balances from which stakes are taken and to which they return
/// @dev INVARIANT: the contract's ether is all balances, the stakes of open edges (one for an assertion and the child that its
/// stake goes on to), the rewards not yet paid, and what was burnt. Nothing takes burnt ether out: no function here can.
/// Pull payments: a hostile receiver harms only itself.
abstract contract Stakes is IDispute {
    uint256 private immutable STAKE_0;
    uint256 private immutable STAKE_1;
    uint256 private immutable STAKE_2;

    mapping(address => uint256) private _balances;

    /// @inheritdoc IDispute
    uint256 public override burnt;

    constructor(uint256[3] memory stakes) {
        for (uint256 level = 0; level < 3; ++level) if (stakes[level] == 0) revert BadParameter("stakes");
        (STAKE_0, STAKE_1, STAKE_2) = (stakes[0], stakes[1], stakes[2]);
    }

    /// @inheritdoc IDispute
    function deposit() external payable override {
        // A log for nothing would cost its sender next to nothing, and every reader of logs its time.
        if (msg.value == 0) return;
        _balances[msg.sender] += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    /// @inheritdoc IDispute
    function withdraw(address payable to) external override returns (uint256 amount) {
        amount = _balances[msg.sender];
        if (amount == 0) return 0;
        _balances[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);
        (bool success, ) = to.call{value: amount}("");
        if (!success) revert TransferFailed();
    }

    /// @inheritdoc IDispute
    function balanceOf(address account) external view override returns (uint256) {
        return _balances[account];
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

    function _credit(address account, uint256 amount) internal {
        _balances[account] += amount;
    }
}
