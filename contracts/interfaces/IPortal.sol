// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAssertionGames} from "./IAssertionGames.sol";
import {IInbox} from "./IInbox.sol";

/// @title Portal: ether in, ether and calls out
/// @notice The one place that holds L2's ether. In: deposits, which become delayed messages of the Inbox. Out: withdrawals, proven
/// against an assertion of the state root queue and paid once that assertion is confirmed. Names, events and errors are the OP
/// Stack's where its clients read them.
/// @custom:source docs/spec/08-bridge.md; OP Stack, OptimismPortal2.
interface IPortal {
    /// @notice What the message passer on L2 recorded.
    struct WithdrawalTransaction {
        uint256 nonce;
        address sender;
        address target;
        uint256 value;
        uint256 gasLimit;
        bytes data;
    }

    /// @notice Preimage of an output root.
    struct OutputRootProof {
        bytes32 version;
        bytes32 stateRoot;
        bytes32 messagePasserStorageRoot;
        bytes32 latestBlockhash;
    }

    /// @notice A deposit; `opaqueData` is `mint (32) || value (32) || gasLimit (8) || isCreation (1) || data`. The same call's
    /// `MessageSent` of the Inbox is what L2 is derived from.
    event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData);
    event WithdrawalProven(bytes32 indexed withdrawalHash, address indexed from, address indexed to);
    event WithdrawalProvenExtension1(bytes32 indexed withdrawalHash, address indexed proofSubmitter);
    event WithdrawalFinalized(bytes32 indexed withdrawalHash, bool success);

    /// @notice The withdrawal's target is one of the system's own contracts, or a creation names a target.
    error OptimismPortal_BadTarget();
    error OptimismPortal_AlreadyFinalized();
    error OptimismPortal_Unproven();
    /// @notice The assertion is not confirmed, or no longer can be.
    error OptimismPortal_InvalidRootClaim();
    error OptimismPortal_InvalidDisputeGame();
    error OptimismPortal_InvalidOutputRootProof();
    error OptimismPortal_InvalidMerkleProof();
    /// @notice A withdrawal was finalised from within another.
    error OptimismPortal_NoReentrancy();
    error InsufficientGas(uint256 actual, uint256 required);
    error WithdrawalFailed(bytes32 withdrawalHash);
    error WrongGenesisBalance(uint256 actual, uint256 required);
    error WrongPeer(address actual, address required);

    /// @notice Escrows `msg.value`, mints it on L2 to the (aliased) caller, and calls `to` from there.
    /// @dev When the call on L2 fails the mint stands. Also burns L1 gas, see `IInbox.sendMessage`.
    /// @param to Target on L2; 0 for a creation.
    /// @param value Wei sent on L2, out of the mint and what the sender owns there.
    /// @param gasLimit Gas on L2.
    /// @param isCreation True to create a contract from `data`.
    /// @param data At most 24,576 bytes.
    /// @custom:gas pinned as "portal: deposit ether ..." in test/snapshots.
    function depositTransaction(
        address to,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes memory data
    ) external payable;

    /// @notice Proves that L2 recorded a withdrawal, by storage proof against an assertion that may be confirmed later.
    /// @dev Kept for each submitter apart and replaceable: nobody can spoil another's proof, and who proved against an assertion
    /// that dies proves again.
    /// @param disputeGameIndex Number of the assertion in the queue.
    /// @param outputRootProof Preimage of the assertion's output root.
    /// @param withdrawalProof Trie nodes from the message passer's storage root to the withdrawal's slot; nothing else.
    function proveWithdrawalTransaction(
        WithdrawalTransaction calldata tx_,
        uint256 disputeGameIndex,
        OutputRootProof calldata outputRootProof,
        bytes[] calldata withdrawalProof
    ) external;

    /// @notice Pays a withdrawal that the caller has proven, once its assertion is confirmed.
    function finalizeWithdrawalTransaction(WithdrawalTransaction calldata tx_) external;

    /// @notice The same by the proof of another submitter.
    /// @dev Marks it paid, then calls the target with all gas that is left, at least the withdrawal's `gasLimit`; copies no return
    /// data. When the call fails, everything reverts and anyone may try again.
    function finalizeWithdrawalTransactionExternalProof(
        WithdrawalTransaction calldata tx_,
        address proofSubmitter
    ) external;

    /// @notice Reverts unless the withdrawal, as `proofSubmitter` proved it, can be finalised now.
    function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) external view;

    /// @notice Which assertion's game a submitter proved a withdrawal against, and when; zeros when not.
    function provenWithdrawals(
        bytes32 withdrawalHash,
        address proofSubmitter
    ) external view returns (address disputeGameProxy, uint64 timestamp);

    function finalizedWithdrawals(bytes32 withdrawalHash) external view returns (bool);

    /// @notice How often a withdrawal was proven.
    function numProofSubmitters(bytes32 withdrawalHash) external view returns (uint256);

    /// @notice Who proved it, in order, repetitions included. Reverts beyond the last.
    function proofSubmitters(bytes32 withdrawalHash, uint256 index) external view returns (address);

    /// @notice Sender on L2 of the withdrawal that is being finalised; 0 outside of it.
    function l2Sender() external view returns (address);

    function inbox() external view returns (IInbox);

    function disputeGameFactory() external view returns (IAssertionGames);

    function anchorStateRegistry() external view returns (IAssertionGames);

    /// @notice Wei that stood for the balances of genesis when this contract was made.
    function genesisBalance() external view returns (uint256);

    /// @notice Wei that ever stood for ether of L2: genesis and all deposits, those under way included.
    function deposited() external view returns (uint256);
}
