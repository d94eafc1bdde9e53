// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Aliasing} from "../inbox/Aliasing.sol";
import {IExit} from "../interfaces/IExit.sol";
import {IInbox} from "../interfaces/IInbox.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {Headers} from "../settlement/Headers.sol";
import {GuardedCall} from "./GuardedCall.sol";
import {Owners} from "./Owners.sol";
import {StateProofs} from "./StateProofs.sol";
import {Traps} from "./Traps.sol";
import {Withdrawals} from "./Withdrawals.sol";

/// @title Exits: the portal's part for the day on which the program traps
/// @dev Dead code while L2 lives: each function but `proveTrap` first asks for the last state, which only a confirmed zero root gives.
abstract contract Exits is IExit, Owners {
    using Withdrawals for IPortal.WithdrawalTransaction;
    using Withdrawals for bytes32;

    bytes32 private constant NO_CODE_HASH = keccak256("");

    LastState private _lastState;
    /// @inheritdoc IExit
    mapping(address account => bool) public override isEtherExited;
    /// @inheritdoc IExit
    mapping(uint256 index => bool) public override isDepositExited;

    /// @inheritdoc IExit
    function proveTrap(TrapProof calldata proof, ISettlement.OutputPreimage calldata last) external override {
        if (_lastState.isKnown) return;
        uint64 number = Headers.blockNumber(last.header);
        uint64 consumed = Headers.delayedCount(last.header);
        bytes32 lastRoot = keccak256(
            abi.encode(bytes32(0), last.stateRoot, last.messagePasserStorageRoot, keccak256(last.header))
        );
        bytes32 assertion = Traps.requireLastRoot(proof, _queue(), lastRoot);
        _lastState = LastState(last.stateRoot, last.messagePasserStorageRoot, number, consumed, true);
        emit TrapProven(assertion, lastRoot, proof.index, number, consumed);
    }

    /// @inheritdoc IExit
    function exitEther(
        address account,
        address payable to,
        bytes[] calldata accountProof,
        bytes calldata delegation,
        bytes calldata signature
    ) external override {
        LastState memory last = _requireTrapped();
        if (isEtherExited[account]) revert AlreadyExited();
        _requireOwner(account, to, signature);
        StateProofs.Account memory proven = StateProofs.account(last.stateRoot, account, accountProof);
        bool isKeyed =
            proven.codeHash == NO_CODE_HASH ||
                (Aliasing.isDelegation(delegation) && proven.codeHash == keccak256(delegation));
        if (!isKeyed) revert HasCode(account);
        if (!_passes(bytes32(uint256(uint160(account))), proven.balance)) return;

        isEtherExited[account] = true;
        emit EtherExited(account, to, proven.balance);
        _payEther(to, proven.balance);
    }

    /// @inheritdoc IExit
    function exitWithdrawal(
        IPortal.WithdrawalTransaction calldata tx_,
        bytes[] calldata withdrawalProof
    ) external override {
        LastState memory last = _requireTrapped();
        bytes32 withdrawalHash = tx_.hash();
        if (!withdrawalHash.isRecorded(last.messagePasserStorageRoot, withdrawalProof))
            revert IPortal.OptimismPortal_InvalidMerkleProof();
        _payWithdrawal(tx_, withdrawalHash);
    }

    /// @inheritdoc IExit
    function exitDeposit(
        uint256 index,
        Message calldata message,
        address payable to,
        bytes calldata signature
    ) external override {
        LastState memory last = _requireTrapped();
        if (isDepositExited[index]) revert AlreadyExited();
        _requireOwner(message.sender, to, signature);
        Traps.requireUnconsumed(message, _inbox(), index, last.delayedCount);
        if (!_passes(bytes32(~index), message.mint)) return;

        isDepositExited[index] = true;
        emit DepositExited(index, message.sender, to, message.mint);
        _payEther(to, message.mint);
    }

    /// @inheritdoc IExit
    function lastState() external view override returns (LastState memory) {
        return _lastState;
    }

    /// @dev Whether ether may leave now, all other guards having been passed; where not, nothing else changes and the same call may pay
    /// later. Here always: a variant of the portal may ask for time.
    /// @param key Of the payment: a withdrawal's hash, an account, or the complement of a message's number.
    function _passes(bytes32 key, uint256 amount) internal virtual returns (bool) {
        (key, amount);
        return true;
    }

    /// @dev Marks a withdrawal paid, which it must not be yet, and pays it, with all guards of a finalisation.
    function _payWithdrawal(IPortal.WithdrawalTransaction calldata tx_, bytes32 withdrawalHash) internal virtual;

    /// @dev Reverts within a finalisation and for targets that must never be paid.
    function _requirePayable(address to) internal view virtual;

    function _queue() internal view virtual returns (ISettlement);

    function _inbox() internal view virtual returns (IInbox);

    function _requireTrapped() private view returns (LastState memory last) {
        last = _lastState;
        if (!last.isKnown) revert NotTrapped();
    }

    /// @dev No data and no `l2Sender`: such a call stands for nobody.
    function _payEther(address payable to, uint256 amount) private {
        _requirePayable(to);
        if (!GuardedCall.callWithMinGas(to, 0, amount, "")) revert ExitFailed(to);
    }
}
