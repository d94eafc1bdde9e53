// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAssertionGames} from "./IAssertionGames.sol";
import {IDisputeGame} from "./IDisputeGame.sol";
import {IInbox} from "./IInbox.sol";
import {IOneStepProver} from "./IOneStepProver.sol";

/// @title Settlement: all that bridge, clients and nodes read of a queue of state roots, whichever game judges it
/// @notice An assertion says where the 2^H0 runs after its parent end. Which of several is right a game decides, behind this.
/// @dev Functions that only readers call are named so that their selectors come behind those of the moves: each before them costs a move 22 gas.
/// @custom:source docs/spec/10-queue.md.
interface ISettlement is IAssertionGames, IDisputeGame {
    /// @notice An assertion, fixed at its creation; kept as the code of its `game`.
    /// @param id Its name: `Names.assertionId`.
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
    /// @param index Place in the list of games.
    /// @param game Its view for clients of the OP Stack.
    /// @param root What the game judges: a Merkle root over the output roots after each run, or the last output root itself.
    /// @param origin Preimage of its origin: parent, parent's output root, inbox hash.
    /// @param childInbox The inbox that its children are limited to.
    /// @param cost What the call cost, in wei, from below; 0 where the game pays for no moves.
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

    error AssertionNotFound(bytes32 id);
    error MalformedHeader();
    /// @notice The prover judges runs over another inbox.
    error ProverInboxMismatch(address actual, address required);

    /// @return created When the assertion was made, L1 seconds; 0 where there is none.
    /// @return proposer Who made it.
    function proposalOf(bytes32 assertion) external view returns (uint40 created, address proposer);

    /// @notice Whether somebody disputes the assertion, or its place is decided. One read, no walk.
    /// @param place Where it stands (`Names.assertionPlace`): of another place the answer means nothing.
    function isChallenged(bytes32 assertion, bytes32 place) external view returns (bool);

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
