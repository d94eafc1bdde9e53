// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDisputeGame} from "./IDisputeGame.sol";
import {IPortal} from "./IPortal.sol";
import {ISettlement} from "./ISettlement.sol";

/// @title Exit: how everybody leaves when the program traps
/// @notice A run that traps ends in the zero root, and zero absorbs: L2 stands still for ever. Once L1 has confirmed that, all that L2
/// owes is paid under the *last root*, the last one of the confirmed history that is not zero: ether and tokens of whoever could
/// have sent a transaction on L2, withdrawals that L2 had recorded, and deposits that it had not yet taken in. Each once, to its
/// owner, by nobody's leave.
/// @dev Account, passer and unconsumed messages add up to what went in, so the exits together ask for no more than the escrow.
/// What a contract on L2 owned stays: only its code knew whose it is (docs/adr/0018-an-exit-from-a-trapped-program.md).
/// @custom:source docs/spec/08-bridge.md#exit.
interface IExit {
    /// @notice Where a confirmed history becomes zero. The assertion's id binds origin and root, the root both leaves.
    /// @param disputeGameIndex Number of the assertion with the zero root in the queue.
    /// @param origin Preimage of the assertion's origin; `start` is its parent's output root.
    /// @param root Merkle root of its output roots after each run.
    /// @param index Number of the first run that ends in the zero root.
    /// @param trapPath Siblings of that leaf, bottom first; H0 of them.
    /// @param lastPath Siblings of the leaf before it, H0 of them; empty for index 0, where the last root is `origin.start`.
    struct TrapProof {
        uint256 disputeGameIndex;
        IDisputeGame.Origin origin;
        bytes32 root;
        uint64 index;
        bytes32[] trapPath;
        bytes32[] lastPath;
    }

    /// @notice What the last root fixes.
    /// @param delayedCount Delayed messages that L2 had consumed: those from this number on were never minted.
    /// @param isKnown Whether a trap was proven; all else is 0 before.
    struct LastState {
        bytes32 stateRoot;
        bytes32 messagePasserStorageRoot;
        uint64 l2BlockNumber;
        uint64 delayedCount;
        bool isKnown;
    }

    /// @notice A delayed message, as the Inbox hashed it; `dataHash` is the chunks hash of its data.
    struct Message {
        address sender;
        bool isCreation;
        address to;
        uint256 mint;
        uint256 value;
        uint64 gasLimit;
        bytes32 dataHash;
        uint64 l1Number;
        uint64 l1Time;
        uint256 l1BaseFee;
        bytes32 l1ParentHash;
    }

    event TrapProven(
        bytes32 indexed assertion,
        bytes32 indexed lastRoot,
        uint64 index,
        uint64 l2BlockNumber,
        uint64 delayedCount
    );
    event EtherExited(address indexed account, address indexed to, uint256 amount);
    event DepositExited(uint256 indexed index, address indexed account, address indexed to, uint256 amount);

    /// @notice No trap has been proven: L2 lives.
    error NotTrapped();
    /// @notice The assertion is not confirmed, or its output root is not zero.
    error NoConfirmedTrap();
    /// @notice Origin and root are not those of the assertion.
    error TrapMismatch(bytes32 actual, bytes32 required);
    /// @notice A leaf is not where the proof says, or beyond the history.
    error NotInHistory(uint256 index);
    /// @notice It was paid already.
    error AlreadyExited();
    /// @notice Who asks, or who signed, is not whose money it is.
    error NotOwner(address actual, address required);
    /// @notice The account was a contract on L2: nobody could sign for it there.
    error HasCode(address account);
    /// @notice L2 took the message in: what it minted is in an account.
    error MessageConsumed(uint256 index, uint256 consumed);
    error MessageMismatch(bytes32 actual, bytes32 required);
    /// @notice The receiver refused the ether; nothing has changed.
    error ExitFailed(address to);

    /// @notice Proves, for anyone, that the program has trapped, and fixes the last root for ever. Done again it changes nothing.
    /// @param last Preimage of the last root.
    /// @custom:reverts NoConfirmedTrap, TrapMismatch, NotInHistory, MalformedHeader.
    /// @custom:gas pinned as "portal: prove a trap" in test/snapshots.
    function proveTrap(TrapProof calldata proof, ISettlement.OutputPreimage calldata last) external;

    /// @notice Pays an account's ether under the last root.
    /// @param account Its address on L2. It must have no code there but a delegation, and either call itself (an L1 contract calls for
    /// its alias) or have signed `Exit(account, to)` of EIP-712 for this contract.
    /// @param to Who gets it.
    /// @param accountProof Trie nodes from the state root to the account.
    /// @param delegation The account's code, 23 bytes, if it had delegated; else empty.
    /// @param signature Empty if the account calls itself.
    /// @custom:reverts NotTrapped, AlreadyExited, NotOwner, HasCode, ExitFailed, OptimismPortal_BadTarget, OptimismPortal_NoReentrancy,
    /// TrieProofTraversalError.
    /// @custom:gas pinned as "portal: exit with ether ..." in test/snapshots.
    function exitEther(
        address account,
        address payable to,
        bytes[] calldata accountProof,
        bytes calldata delegation,
        bytes calldata signature
    ) external;

    /// @notice Pays a withdrawal that L2 had recorded, to its target alone, for anyone; also one that was never proven before.
    /// @dev As a finalisation: marks it paid in the same books, then calls the target.
    /// @param withdrawalProof Trie nodes from the last message passer root to the withdrawal's slot.
    /// @custom:reverts NotTrapped, and as `finalizeWithdrawalTransaction`.
    function exitWithdrawal(IPortal.WithdrawalTransaction calldata tx_, bytes[] calldata withdrawalProof) external;

    /// @notice Pays the ether of a deposit back that L2 never took in. Owner and signature as in `exitEther`.
    /// @param index The message's number in the Inbox.
    /// @custom:reverts NotTrapped, AlreadyExited, NotOwner, MessageConsumed, MessageMismatch, ExitFailed.
    function exitDeposit(
        uint256 index,
        Message calldata message,
        address payable to,
        bytes calldata signature
    ) external;

    /// @notice What the last root fixes; `isKnown` is false while L2 lives.
    function lastState() external view returns (LastState memory);

    /// @notice Whether an account's ether was paid.
    function isEtherExited(address account) external view returns (bool);

    /// @notice Whether the ether of an unconsumed deposit was paid back.
    function isDepositExited(uint256 index) external view returns (bool);
}
