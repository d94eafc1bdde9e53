// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDisputeGame} from "./IDisputeGame.sol";
import {IOneStepProver} from "./IOneStepProver.sol";

/// @title The bisection game: all against all, over plain Merkle trees, timed from below
/// @notice An edge is a subtree of some party's history tree together with what stands to its left. Every move is open to
/// anyone; a move that changes nothing takes nothing and does not revert, so nobody can spoil a batch by being first.
/// @dev Hashes: docs/spec/06-game.md#ids. One slot per edge, one per mutual id; all else is calldata, bound by the ids.
/// @custom:source Twin: games/edges. Derivation of the bounds: docs/threat-model.md.
interface IDispute is IDisputeGame {
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
    /// @param maker Who staked it, proved it, or bisected the edge above. Of a left half that two bisections share, the first one's.
    /// @param stakeMoved Whether the stake goes on to a child when this assertion is confirmed.
    /// @param cost What is still to be paid for that move, in wei: gas from below, at the base fee of its block, rounded down by at most
    /// a fifth. Zero for the left half of a bisection, whose cost stands at the right one.
    struct Edge {
        uint40 created;
        uint40 timer;
        Status status;
        address staker;
        address maker;
        bool stakeMoved;
        uint256 cost;
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
        At place;
        bytes32 first;
        bytes32 second;
        bytes32 origin;
    }

    /// @notice One step down from a winner, to an edge whose maker is paid. Height > 0: the roots of both halves, and which of them comes
    /// next. Height 0: `left` is the origin and `right` the root of the confirmed edge that claims the leaf.
    struct Link {
        bytes32 left;
        bytes32 right;
        bool isRight;
    }

    /// @notice An edge was bisected. Its place is known from the event that made it, those of its children follow.
    /// @param maker Who did it.
    /// @param cost Of the call, in wei, from below (`Edge.cost`).
    event Bisected(bytes32 indexed id, bytes32 left, bytes32 right, address maker, uint256 cost);

    /// @notice A leaf got a root edge one level down.
    /// @param id The new root edge.
    /// @param leaf Id of the leaf edge that it claims.
    /// @param origin Preimage of the new edge's origin; `above` is the leaf's mutual id.
    /// @param level Level of the new edge.
    /// @param root Its Merkle root.
    /// @param cost Of the call, in wei, from below (`Edge.cost`).
    event Opened(
        bytes32 indexed id,
        bytes32 indexed leaf,
        address indexed staker,
        uint8 level,
        bytes32 root,
        Origin origin,
        uint256 cost
    );

    /// @notice A leaf of the last level was won by execution.
    event StepProven(bytes32 indexed id, address maker, uint256 cost);
    /// @notice A cached timer grew.
    event TimerUpdated(bytes32 indexed id, uint40 timer);
    /// @notice A staked edge won; its stake went back to the staker's balance, or, with `stake` 0, on to a child.
    event Confirmed(bytes32 indexed id, bytes32 indexed mutualId, address indexed staker, uint256 stake);
    /// @notice A staked edge lost to `winner`: `reward` for those who made the moves below the winner, `burnt` to nobody.
    event Slashed(bytes32 indexed id, bytes32 indexed winner, address indexed staker, uint256 reward, uint256 burnt);
    /// @notice The maker of edge `id`, below `winner`, was paid what the move cost.
    event Rewarded(bytes32 indexed winner, bytes32 indexed id, address indexed maker, uint256 amount);

    error EdgeNotFound(bytes32 id);
    error NotRivalled(bytes32 mutualId);
    error AlreadyDecided(bytes32 mutualId);
    error WrongHeight(uint256 actual, uint256 required);
    error NothingToBisect();
    /// @notice The agreed state is not what the prefix (or the origin) fixes.
    error BeforeMismatch(bytes32 actual, bytes32 required);
    /// @notice The last leaf and its spine do not give the root.
    error RootMismatch(bytes32 actual, bytes32 required);
    /// @notice L1's own step does not give the leaf.
    error StepMismatch(bytes32 actual, bytes32 required);
    error NotStaked(bytes32 id);
    error WrongStatus(bytes32 id, Status actual);
    error TimerTooLow(uint256 actual, uint256 required);
    error NotRivals(bytes32 loser, bytes32 winner);

    /// @notice Reveals the two children of a rivalled edge; the edge is the one whose root is `node(left, right)`.
    /// @custom:reverts NothingToBisect, EdgeNotFound, NotRivalled.
    /// @custom:gas pinned as "game: bisect ..." in test/snapshots.
    function bisect(At calldata place, bytes32 left, bytes32 right) external;

    /// @notice Puts a root edge one level down under a rivalled leaf of level 0 or 1; takes that level's stake from the caller's balance.
    /// @param place Of the leaf.
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
        At calldata place,
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
    /// @custom:reverts WrongHeight, WrongLevel, WrongLength, EdgeNotFound, OriginMismatch, InboxMismatch, BeforeMismatch, StepMismatch.
    function proveStep(
        At calldata place,
        bytes32 root,
        Origin calldata origin,
        Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness
    ) external;

    /// @notice Recomputes cached timers, in the order given: bottom first. The caller pages.
    /// @custom:reverts EdgeNotFound, WrongLevel.
    function update(Step[] calldata steps) external;

    /// @notice Confirms a staked edge that has earned the challenge period; an assertion also needs its parent confirmed. The stake
    /// returns to the staker, unless it has moved to a child.
    /// @custom:reverts EdgeNotFound, NotStaked, AlreadyDecided, TimerTooLow, ParentNotConfirmed.
    function confirm(At calldata place, bytes32 root) external;

    /// @notice Takes the stake of a loser: half for those who made the moves below its confirmed rival, the rest burnt.
    /// @custom:reverts NotRivals, EdgeNotFound, WrongStatus.
    function slash(At calldata loser, bytes32 loserRoot, At calldata winner, bytes32 winnerRoot) external;

    /// @notice Pays the makers of the moves on a way down from a confirmed edge what each move cost, from what its losers left, once
    /// each; what is left no longer suffices for is not paid. The caller pages.
    /// @param root Of the winner.
    /// @param way From the winner down; empty pays its staker alone.
    /// @custom:reverts EdgeNotFound, WrongStatus, RootMismatch, WrongLevel.
    function reward(At calldata winner, bytes32 root, Link[] calldata way) external;

    function edge(bytes32 id) external view returns (Edge memory);

    function mutual(bytes32 mutualId) external view returns (Mutual memory);

    /// @notice What is left to pay to those who made moves below the confirmed edge of that place, in wei.
    function rewardAt(bytes32 mutualId) external view returns (uint256);

    /// @notice Stakes burnt so far, in wei. They stay here for ever: burning is that no function takes them out.
    function burnt() external view returns (uint256);

    /// @notice Stake of a level's root edges, in wei.
    function stakeOf(uint8 level) external view returns (uint256);

    /// @notice Seconds in which an honest party answers.
    function responseTime() external view returns (uint40);

    /// @notice Seconds, all in all, for which honest answers may be kept off L1 while the truth still wins.
    function censorshipTime() external view returns (uint40);
}
