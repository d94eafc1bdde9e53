// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "./IDispute.sol";
import {IInbox} from "./IInbox.sol";
import {IOneStepProver} from "./IOneStepProver.sol";
import {IAssertionGames} from "./IAssertionGames.sol";

/// @title The queue of state roots
/// @notice An assertion is a root edge of the game at level 0: "from the parent's output root, 2^H0 runs with the inbox as it
/// was when the parent was made end in this output root". Each parent has exactly one true child.
/// @custom:source docs/spec/10-queue.md. Twin: games/edges.
interface IStateRootQueue is IDispute, IAssertionGames {
    /// @notice An assertion, fixed at its creation; kept as the code of its `game`.
    /// @param id Edge id of its root edge.
    /// @param parent Assertion that it continues.
    /// @param outputRoot Output root at its end; 0 if the program trapped.
    /// @param childOrigin Origin hash of its children: `{id, outputRoot, inbox when it was made}`.
    /// @param l2BlockNumber As the header in `outputRoot` states; 0 for the zero root.
    struct Assertion {
        bytes32 id;
        bytes32 parent;
        bytes32 outputRoot;
        bytes32 childOrigin;
        uint64 l2BlockNumber;
    }

    /// @notice What an output root is made of: `keccak(0, stateRoot, messagePasserStorageRoot, keccak(header))`.
    /// @param header RLP of the L2 header. Empty, with both roots 0, stands for the zero output root.
    struct OutputPreimage {
        bytes32 stateRoot;
        bytes32 messagePasserStorageRoot;
        bytes header;
    }

    /// @notice A new assertion; with its parent's event this is all that a challenger needs.
    /// @param id Assertion and edge id.
    /// @param index Place in the list of games.
    /// @param game Its view for clients of the OP Stack.
    /// @param root Merkle root of the output roots after each run.
    /// @param origin Preimage of its origin: parent, parent's output root, inbox hash.
    /// @param childInbox The inbox that its children are limited to.
    /// @param cost Of the call, in wei, from below (`Edge.cost`).
    event AssertionAdded(
        bytes32 indexed id,
        bytes32 indexed parent,
        address indexed staker,
        uint256 index,
        address game,
        bytes32 root,
        bytes32 outputRoot,
        uint64 l2BlockNumber,
        Origin origin,
        IOneStepProver.InboxState childInbox,
        uint256 cost
    );

    /// @notice One stake stands for both: it goes on to `to`, which stands on `from`, when `from` is confirmed.
    event StakeMoved(bytes32 indexed from, bytes32 indexed to);
    /// @notice An own stake below stands for `id`, too, whose own went back to the staker's balance.
    event StakeFreed(bytes32 indexed id, address indexed staker, uint256 stake);

    error AssertionNotFound(bytes32 id);
    /// @notice Not both of one staker, or not one on the other, or the upper one decided, or made too shortly before the lower one.
    error StakeNotMovable(bytes32 from, bytes32 to);
    error MalformedHeader();
    /// @notice The prover judges runs over another inbox.
    error ProverInboxMismatch(address actual, address required);

    /// @notice Asserts a child of `origin.above`. A stake of the caller on an unconfirmed parent moves along, once, if the parent
    /// is at least 1/1024 of the challenge period old; else the level-0 stake is taken from the caller's balance. Asserting what stands already changes nothing.
    /// @param origin Names the parent, its output root and its children's inbox: against another inbox (after an L1 reorg) it reverts.
    /// @param root Merkle root over the output roots after each of the 2^H0 runs.
    /// @param output Preimage of the last leaf.
    /// @param spine Left siblings on the right spine of the tree, bottom first; H0 of them.
    /// @return id The assertion.
    /// @custom:reverts AssertionNotFound, OriginMismatch, MalformedHeader, WrongLength, RootMismatch, AlreadyDecided, InsufficientBalance.
    /// @custom:gas pinned as "queue: assert" in test/snapshots.
    function assertState(
        Origin calldata origin,
        bytes32 root,
        OutputPreimage calldata output,
        bytes32[] calldata spine
    ) external returns (bytes32 id);

    /// @notice Frees the stake on `from` where its staker has another on `to`, which stands on it, with whatever others in between: the
    /// lower one stands for both from then on. Both at least 1/1024 of the challenge period apart. Anyone may call; moving again changes nothing.
    /// @custom:reverts StakeNotMovable, AssertionNotFound.
    function moveStake(bytes32 from, bytes32 to) external;

    /// @notice Whether `assertion` is confirmed and names this output root and (as its children's limit) this inbox.
    function isConfirmed(
        bytes32 assertion,
        bytes32 outputRoot,
        IOneStepProver.InboxState calldata inbox
    ) external view returns (bool);

    /// @notice Whether `assertion` is confirmed; the genesis assertion always is.
    function isAssertionConfirmed(bytes32 assertion) external view returns (bool);

    /// @notice The assertion's constants. Reverts with AssertionNotFound.
    function assertionOf(bytes32 id) external view returns (Assertion memory);

    /// @notice The assertion behind a game. Reverts with AssertionNotFound if this queue did not make that contract.
    function assertionOfGame(address game) external view returns (Assertion memory);

    /// @notice The game of an assertion. Reverts with AssertionNotFound.
    function gameOf(bytes32 id) external view returns (address);

    /// @notice The assertion that everything starts from; confirmed from the beginning.
    function genesis() external view returns (bytes32);

    function genesisOutputRoot() external view returns (bytes32);

    /// @notice The inbox as the next assertion would record it.
    function inboxState() external view returns (IOneStepProver.InboxState memory);

    function inbox() external view returns (IInbox);
}
