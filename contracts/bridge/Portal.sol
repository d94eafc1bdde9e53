// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Aliasing} from "../inbox/Aliasing.sol";
import {IAssertionGame} from "../interfaces/IAssertionGame.sol";
import {IAssertionGames} from "../interfaces/IAssertionGames.sol";
import {IInbox} from "../interfaces/IInbox.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Exits} from "./Exits.sol";
import {GuardedCall} from "./GuardedCall.sol";
import {Withdrawals} from "./Withdrawals.sol";

/// @title Portal
/// @dev INVARIANT: balance >= ether supply of L2 + withdrawals recorded there and not finalised here. Holds no tokens and no rights
/// anywhere but to send deposits to the Inbox.
contract Portal is IPortal, Exits {
    using SafeCast for uint256;
    using Withdrawals for WithdrawalTransaction;
    using Withdrawals for OutputRootProof;
    using Withdrawals for bytes32;

    struct ProvenWithdrawal {
        address disputeGameProxy;
        uint64 timestamp;
    }

    /// @dev One slot, for most withdrawals are proven once.
    struct Submitters {
        address first;
        uint96 count;
    }

    // solhint-disable const-name-snakecase
    uint64 public constant respectedGameTypeUpdatedAt = 0;
    uint256 public constant proofMaturityDelaySeconds = 0;
    uint256 public constant disputeGameFinalityDelaySeconds = 0;
    /// @dev Clients choose their calls by it: 5 stands for the names of the OP Stack's errors since its upgrade 16.
    string public constant version = "5.0.0";
    // solhint-enable const-name-snakecase
    uint256 internal constant DEPOSIT_VERSION = 0;
    /// @dev Gas on L2 of ether that is sent here without calldata.
    uint64 internal constant RECEIVE_GAS_LIMIT = 100_000;

    IInbox public immutable inbox;
    IAssertionGames public immutable disputeGameFactory;
    uint256 public immutable genesisBalance;
    /// @dev Of the one game that the queue is settled by.
    uint32 public immutable respectedGameType;

    address public transient l2Sender;
    /// @inheritdoc IPortal
    uint256 public deposited;
    mapping(bytes32 withdrawalHash => mapping(address submitter => ProvenWithdrawal)) public provenWithdrawals;
    mapping(bytes32 withdrawalHash => bool) public finalizedWithdrawals;
    mapping(bytes32 withdrawalHash => Submitters) private _submitters;
    /// @dev From the second one on, by position.
    mapping(bytes32 withdrawalHash => mapping(uint256 index => address)) private _laterSubmitters;

    /// @param inbox_ Must name this contract as its portal.
    /// @param queue_ Must judge the chain of that same inbox.
    /// @param genesisBalance_ Sum of L2's balances in genesis, in wei: exactly what must be paid in.
    constructor(IInbox inbox_, IAssertionGames queue_, uint256 genesisBalance_) payable EIP712("Solvent portal", "1") {
        if (inbox_.portal() != address(this)) revert WrongPeer(inbox_.portal(), address(this));
        if (address(queue_) == address(this)) revert WrongPeer(address(queue_), address(0));
        address queueInbox = address(ISettlement(address(queue_)).inbox());
        if (queueInbox != address(inbox_)) revert WrongPeer(queueInbox, address(inbox_));
        if (msg.value != genesisBalance_) revert WrongGenesisBalance(msg.value, genesisBalance_);
        inbox = inbox_;
        disputeGameFactory = queue_;
        respectedGameType = queue_.respectedGameType();
        genesisBalance = genesisBalance_;
        deposited = genesisBalance_;
    }

    /// @notice Deposits ether to the sender as L2 knows it: an account with a key under its own address, a contract under its alias.
    receive() external payable {
        depositTransaction(Aliasing.l2Sender(msg.sender), msg.value, RECEIVE_GAS_LIMIT, false, "");
    }

    /// @inheritdoc IPortal
    function depositTransaction(
        address to,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes memory data
    ) public payable {
        if (isCreation && to != address(0)) revert OptimismPortal_BadTarget();
        address from = Aliasing.l2Sender(msg.sender);
        deposited += msg.value;
        emit TransactionDeposited(
            from,
            to,
            DEPOSIT_VERSION,
            abi.encodePacked(msg.value, value, gasLimit, isCreation, data)
        );
        inbox.sendDeposit(from, to, msg.value, value, gasLimit, isCreation, data);
    }

    /// @inheritdoc IPortal
    function proveWithdrawalTransaction(
        WithdrawalTransaction calldata tx_,
        uint256 disputeGameIndex,
        OutputRootProof calldata outputRootProof,
        bytes[] calldata withdrawalProof
    ) external {
        if (_isOwnContract(tx_.target)) revert OptimismPortal_BadTarget();
        (uint32 gameType, , address game) = disputeGameFactory.gameAtIndex(disputeGameIndex);
        if (gameType != respectedGameType) revert OptimismPortal_InvalidDisputeGame();
        if (outputRootProof.outputRoot() != IAssertionGame(game).rootClaim())
            revert OptimismPortal_InvalidOutputRootProof();
        bytes32 withdrawalHash = tx_.hash();
        if (!withdrawalHash.isRecorded(outputRootProof.messagePasserStorageRoot, withdrawalProof))
            revert OptimismPortal_InvalidMerkleProof();

        provenWithdrawals[withdrawalHash][msg.sender] = ProvenWithdrawal(game, block.timestamp.toUint64());
        Submitters memory submitters = _submitters[withdrawalHash];
        if (submitters.count == 0) submitters.first = msg.sender;
        else _laterSubmitters[withdrawalHash][submitters.count] = msg.sender;
        submitters.count += 1;
        _submitters[withdrawalHash] = submitters;
        emit WithdrawalProven(withdrawalHash, tx_.sender, tx_.target);
        emit WithdrawalProvenExtension1(withdrawalHash, msg.sender);
    }

    /// @inheritdoc IPortal
    function finalizeWithdrawalTransaction(WithdrawalTransaction calldata tx_) external {
        _finalize(tx_, msg.sender);
    }

    /// @inheritdoc IPortal
    function finalizeWithdrawalTransactionExternalProof(
        WithdrawalTransaction calldata tx_,
        address proofSubmitter
    ) external {
        _finalize(tx_, proofSubmitter);
    }

    /// @inheritdoc IPortal
    function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) public view virtual {
        _requireConfirmed(withdrawalHash, proofSubmitter);
    }

    /// @inheritdoc IPortal
    function numProofSubmitters(bytes32 withdrawalHash) external view returns (uint256) {
        return _submitters[withdrawalHash].count;
    }

    /// @inheritdoc IPortal
    function proofSubmitters(bytes32 withdrawalHash, uint256 index) external view returns (address) {
        Submitters memory submitters = _submitters[withdrawalHash];
        if (index >= submitters.count) revert OptimismPortal_Unproven();
        return index == 0 ? submitters.first : _laterSubmitters[withdrawalHash][index];
    }

    /// @inheritdoc IPortal
    function anchorStateRegistry() external view returns (IAssertionGames) {
        return disputeGameFactory;
    }

    /// @notice The least gas on L2 for a call with that much data, under the OP Stack's name.
    function minimumGasLimit(uint64 byteCount) external view returns (uint64) {
        return inbox.minimumGasLimit(byteCount, false);
    }

    /// @notice Nothing can be paused.
    function paused() external pure returns (bool) {
        return false;
    }

    function _finalize(WithdrawalTransaction calldata tx_, address proofSubmitter) private {
        bytes32 withdrawalHash = tx_.hash();
        _requirePayable(tx_.target);
        _requireConfirmed(withdrawalHash, proofSubmitter);
        if (_passes(withdrawalHash, tx_.value)) _pay(tx_, withdrawalHash);
    }

    function _pay(WithdrawalTransaction calldata tx_, bytes32 withdrawalHash) private {
        finalizedWithdrawals[withdrawalHash] = true;
        emit WithdrawalFinalized(withdrawalHash, true);
        l2Sender = tx_.sender;
        bool success = GuardedCall.callWithMinGas(tx_.target, tx_.gasLimit, tx_.value, tx_.data);
        if (!success) revert WithdrawalFailed(withdrawalHash);
        l2Sender = address(0);
    }

    function _payWithdrawal(WithdrawalTransaction calldata tx_, bytes32 withdrawalHash) internal override {
        _requirePayable(tx_.target);
        if (finalizedWithdrawals[withdrawalHash]) revert OptimismPortal_AlreadyFinalized();
        if (_passes(withdrawalHash, tx_.value)) _pay(tx_, withdrawalHash);
    }

    function _requirePayable(address to) internal view override {
        if (l2Sender != address(0)) revert OptimismPortal_NoReentrancy();
        if (_isOwnContract(to)) revert OptimismPortal_BadTarget();
    }

    function _queue() internal view override returns (ISettlement) {
        return ISettlement(address(disputeGameFactory));
    }

    function _inbox() internal view override returns (IInbox) {
        return inbox;
    }

    function _requireConfirmed(bytes32 withdrawalHash, address proofSubmitter) private view {
        if (finalizedWithdrawals[withdrawalHash]) revert OptimismPortal_AlreadyFinalized();
        ProvenWithdrawal memory proven = provenWithdrawals[withdrawalHash][proofSubmitter];
        if (proven.timestamp == 0) revert OptimismPortal_Unproven();
        if (!disputeGameFactory.isGameClaimValid(proven.disputeGameProxy)) revert OptimismPortal_InvalidRootClaim();
    }

    /// @dev The Inbox takes deposits from here on trust; the others are refused because nothing good can come of it.
    function _isOwnContract(address target) private view returns (bool) {
        return target == address(this) || target == address(inbox) || target == address(disputeGameFactory);
    }
}
