// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOneStepProver} from "./IOneStepProver.sol";

/// @title The bisection game: all against all, over plain Merkle trees, timed from below
/// @notice An edge is a subtree of some party's history tree together with what stands to its left. Every move is open to
/// anyone; a move that changes nothing takes nothing and does not revert, so nobody can spoil a batch by being first.
/// @dev Hashes: docs/spec/06-game.md#ids. One slot per edge, one per mutual id; all else is calldata, bound by the ids.
/// @custom:source Twin: games/edges. Derivation of the bounds: docs/threat-model.md.
interface IDispute {
    /// @notice Life of an edge. Existence is `status != None`, never a non-zero field.
    enum Status {
        None,
        Open,
        Proven,
        Confirmed,
        Slashed
    }

    /// @notice How many different edges share a mutual id: none, one, or more. The places of children are written only when
    /// they are rivalled: there, None stands for none or one.
    enum Rivalry {
        None,
        Single,
        Rivalled
    }

    /// @param created When the edge appeared, L1 seconds.
    /// @param timer Cached seconds earned by the edge and below it; only grows; `type(uint40).max` is infinite.
    /// @param staker Who staked it; zero for the children of a bisection, which carry no stake.
    struct Edge {
        uint40 created;
        uint40 timer;
        Status status;
        address staker;
    }

    /// @param decided True once an edge with this mutual id is confirmed; then no staked edge is added to it any more.
    /// @param rivalledAt When the second edge appeared, L1 seconds; its first edges earn nothing from then on.
    /// @param decidedAt When the winner was confirmed, L1 seconds.
    struct Mutual {
        Rivalry rivalry;
        bool decided;
        uint40 rivalledAt;
        uint40 decidedAt;
    }

    /// @notice Place of an edge; with its root this is the edge.
    /// @param level 0: output roots after each run; 1: machines every 2^H2 steps of one run; 2: machines after every step.
    /// @param origin Hash of the `Origin` of its tree.
    /// @param height Levels of nodes below; 0 for a leaf.
    /// @param index Number of the subtree among those of its height, from the left.
    /// @param prefix Hash chain of the left siblings passed on the way down; 0 at the tree's root.
    /// @param claim Id of the leaf edge above, for root edges below level 0; else 0.
    struct At {
        uint8 level;
        bytes32 origin;
        uint8 height;
        uint64 index;
        bytes32 prefix;
        bytes32 claim;
    }

    /// @notice What all edges of one tree agree on.
    /// @param above Parent assertion (level 0), or mutual id of the contested leaf.
    /// @param start State before the tree's first leaf: output root (level 0) or machine hash.
    /// @param inbox Hash of the `InboxState` that limits the runs.
    struct Origin {
        bytes32 above;
        bytes32 start;
        bytes32 inbox;
    }

    /// @notice The agreed state before a leaf, proven from the leaf's prefix.
    /// @param state Leaf `index - 1` of the same tree, or the origin's start state for index 0.
    /// @param prefix The prefix before the last left sibling was chained to it; 0 for index 0.
    /// @param path Left siblings on the right spine of the last left sibling, bottom first: exactly ctz(index) of them; none for index 0.
    struct Before {
        bytes32 state;
        bytes32 prefix;
        bytes32[] path;
    }

    /// @notice One timer update. Height > 0: by children, `first` and `second` are the left and right root.
    /// Height 0: by a root edge that claims the leaf, `first` is the leaf, `second` the claiming edge's root, `origin` its origin.
    struct Step {
        At at;
        bytes32 first;
        bytes32 second;
        bytes32 origin;
    }

    /// @notice An edge was bisected. Its place is known from the event that made it, those of its children follow.
    event Bisected(bytes32 indexed id, bytes32 left, bytes32 right);

    /// @notice A leaf got a root edge one level down.
    /// @param id The new root edge.
    /// @param leaf Id of the leaf edge that it claims.
    /// @param origin Preimage of the new edge's origin; `above` is the leaf's mutual id.
    /// @param level Level of the new edge.
    /// @param root Its Merkle root.
    event Opened(
        bytes32 indexed id,
        bytes32 indexed leaf,
        address indexed staker,
        uint8 level,
        bytes32 root,
        Origin origin
    );

    /// @notice A leaf of the last level was won by execution.
    event StepProven(bytes32 indexed id);
    /// @notice A cached timer grew.
    event TimerUpdated(bytes32 indexed id, uint40 timer);
    /// @notice A staked edge won; its stake went back to the staker's balance.
    event Confirmed(bytes32 indexed id, bytes32 indexed mutualId, address indexed staker, uint256 stake);
    /// @notice A staked edge lost to `winner`: `reward` to the winner's staker, `burnt` to nobody.
    event Slashed(bytes32 indexed id, bytes32 indexed winner, address indexed staker, uint256 reward, uint256 burnt);
    event Deposited(address indexed account, uint256 amount);
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    error BadParameter(bytes32 name);
    /// @notice A proof of the wrong length: spine, path or machine registers.
    error WrongLength(uint256 actual, uint256 required);
    error EdgeNotFound(bytes32 id);
    error NotRivalled(bytes32 mutualId);
    error AlreadyDecided(bytes32 mutualId);
    error WrongHeight(uint256 actual, uint256 required);
    error WrongLevel(uint256 actual, uint256 required);
    error NothingToBisect();
    error OriginMismatch(bytes32 actual, bytes32 required);
    error InboxMismatch(bytes32 actual, bytes32 required);
    /// @notice The agreed state is not what the prefix (or the origin) fixes.
    error BeforeMismatch(bytes32 actual, bytes32 required);
    /// @notice The last leaf and its spine do not give the root.
    error RootMismatch(bytes32 actual, bytes32 required);
    /// @notice The tree's last leaf does not yield the contested leaf.
    error ResultMismatch(bytes32 actual, bytes32 required);
    /// @notice L1's own step does not give the leaf.
    error StepMismatch(bytes32 actual, bytes32 required);
    error NotStaked(bytes32 id);
    error WrongStatus(bytes32 id, Status actual);
    error TimerTooLow(uint256 actual, uint256 required);
    error ParentNotConfirmed(bytes32 assertion);
    error NotRivals(bytes32 loser, bytes32 winner);
    error InsufficientBalance(uint256 actual, uint256 required);
    error TransferFailed();

    /// @notice Reveals the two children of a rivalled edge; the edge is the one whose root is `node(left, right)`.
    /// @custom:reverts NothingToBisect, EdgeNotFound, NotRivalled.
    /// @custom:gas pinned as "game: bisect ..." in test/snapshots.
    function bisect(At calldata at, bytes32 left, bytes32 right) external;

    /// @notice Puts a root edge one level down under a rivalled leaf of level 0 or 1; takes that level's stake from the caller's balance.
    /// @param at Place of the leaf.
    /// @param leaf The leaf itself: output root at level 0, machine hash at level 1.
    /// @param origin Preimage of `at.origin`.
    /// @param before The agreed state before the leaf.
    /// @param inbox Preimage of `origin.inbox`.
    /// @param root Root of the new tree; its last leaf must yield `leaf`.
    /// @param last Level 0: register bytes of the machine in the new tree's last leaf, whose result must be `leaf`. Level 1: empty.
    /// @param spine Left siblings on the new tree's right spine, bottom first; as many as its height.
    /// @return id The root edge. INVARIANT: its mutual id and root fix its claim.
    /// @custom:reverts WrongHeight, WrongLevel, EdgeNotFound, NotRivalled, OriginMismatch, InboxMismatch, BeforeMismatch,
    /// ResultMismatch, RootMismatch, WrongLength, AlreadyDecided, InsufficientBalance.
    function open(
        At calldata at,
        bytes32 leaf,
        Origin calldata origin,
        Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes32 root,
        bytes calldata last,
        bytes32[] calldata spine
    ) external returns (bytes32 id);

    /// @notice Wins a leaf of the last level by executing one instruction on L1. Needs no rival.
    /// @param root The machine hash that the leaf claims.
    /// @param witness For `IOneStepProver.step`; a bad one reverts.
    /// @custom:reverts WrongHeight, WrongLevel, EdgeNotFound, OriginMismatch, InboxMismatch, BeforeMismatch, StepMismatch.
    function proveStep(
        At calldata at,
        bytes32 root,
        Origin calldata origin,
        Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness
    ) external;

    /// @notice Recomputes cached timers, in the order given: bottom first. The caller pages.
    /// @custom:reverts EdgeNotFound, WrongLevel.
    function update(Step[] calldata steps) external;

    /// @notice Confirms a staked edge that has earned the challenge period; an assertion also needs its parent confirmed.
    /// @custom:reverts EdgeNotFound, NotStaked, WrongStatus, AlreadyDecided, TimerTooLow, ParentNotConfirmed.
    function confirm(At calldata at, bytes32 root) external;

    /// @notice Takes the stake of a loser: half to the confirmed rival's staker, the rest burnt.
    /// @custom:reverts NotRivals, EdgeNotFound, NotStaked, WrongStatus.
    function slash(At calldata loser, bytes32 loserRoot, At calldata winner, bytes32 winnerRoot) external;

    /// @notice Adds to the caller's balance, from which stakes are taken.
    function deposit() external payable;

    /// @notice Pays the caller's whole balance out.
    /// @custom:reverts TransferFailed.
    function withdraw(address payable to) external returns (uint256 amount);

    /// @notice Several calls in one transaction, all or nothing. Not payable.
    function multicall(bytes[] calldata data) external returns (bytes[] memory results);

    function edge(bytes32 id) external view returns (Edge memory);

    function mutual(bytes32 mutualId) external view returns (Mutual memory);

    /// @notice The seconds that an edge shows now: its cached timer or its own time, whichever is more; infinite if proven.
    function timerOf(bytes32 id, bytes32 mutualId) external view returns (uint40);

    function balanceOf(address account) external view returns (uint256);

    /// @notice Stakes burnt so far, in wei; they stay here for ever.
    function burnt() external view returns (uint256);

    /// @notice Height of a level's trees.
    function heightOf(uint8 level) external view returns (uint8);

    /// @notice Stake of a level's root edges, in wei.
    function stakeOf(uint8 level) external view returns (uint256);

    /// @notice Seconds that an edge must earn to win.
    function challengePeriod() external view returns (uint40);

    function prover() external view returns (IOneStepProver);
}
