// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "./IDispute.sol";
import {IDisputeGame} from "./IDisputeGame.sol";
import {IOneStepProver} from "./IOneStepProver.sol";

/// @title The game of edges with four quarters: a prototype, which no queue deploys
/// @notice Rules are those of `IDispute` but for three things. An edge is split into four quarters. Who splits writes one slot, of the edge
/// itself; its quarters exist by it and have no slots of their own. That a quarter has a rival is said by `mark`, or by the split that
/// answers another one at its place.
/// @dev Errors and events that are the same there are those of `IDispute`.
/// @custom:source docs/spec/21-wide.md.
interface IWide is IDisputeGame {
    /// @notice One of the four quarters of an edge that was split.
    /// @param parent Place of that edge; its claim is not read.
    /// @param roots Of all four quarters, from the left.
    /// @param digit Which of them, 0 to 3.
    struct Quarter {
        IDispute.At parent;
        bytes32[4] roots;
        uint8 digit;
    }

    /// @notice One step down from a winner. Height > 0: the roots of all quarters, and which of them comes next. Height 0: `roots[0]` is the
    /// origin and `roots[1]` the root of the confirmed edge that claims the leaf.
    struct Link {
        bytes32[4] roots;
        uint8 digit;
    }

    /// @param created When it was staked, L1 seconds.
    /// @param timer Cached seconds earned by the edge and below it; only grows.
    /// @param cost What is still to be paid to the staker for the move, in wei.
    struct Root {
        uint40 created;
        uint40 timer;
        IDispute.Status status;
        address staker;
        uint256 cost;
    }

    /// @param created When it was split or proven, L1 seconds; the quarters of a split edge are as old.
    /// @param timer Cached seconds; infinite if proven. Of a root edge it stands in `Root`.
    /// @param maker Who split or proved it.
    /// @param cost What is still to be paid for that, in wei.
    struct Shown {
        uint40 created;
        uint40 timer;
        IDispute.Status status;
        address maker;
        uint256 cost;
    }

    /// @notice An edge was split.
    /// @param id Its place and root, without a claim.
    event Split(bytes32 indexed id, bytes32[4] quarters, address maker, uint256 cost);
    /// @notice The place of a quarter is rivalled from now on.
    event Marked(bytes32 indexed mutualId);

    /// @notice There are four quarters.
    error NoSuchQuarter(uint256 digit);
    /// @notice The edge was not split, so it has no quarters.
    error NotSplit(bytes32 id);
    /// @notice Both are the same edge, and no rivals.
    error SameEdge(bytes32 id);

    /// @notice Splits a root edge that is rivalled; the edge is the one whose root is the node over the quarters.
    /// @param other Empty, or the quarters of another edge at this place that was split: then the place at which the two first differ is marked.
    /// @custom:reverts EdgeNotFound, NotRivalled, WrongLength, NotSplit, SameEdge.
    function split(IDispute.At calldata place, bytes32[4] calldata quarters, bytes32[] calldata other) external;

    /// @notice Splits a quarter that is rivalled.
    /// @param rival Empty, or the quarters of another edge at the parent's place that was split and differs from it first in this quarter:
    /// then this place is marked before.
    /// @param other As for `split`.
    /// @custom:reverts NothingToBisect, NoSuchQuarter, NotSplit, RootMismatch, NotRivalled, WrongLength, SameEdge.
    function splitQuarter(
        Quarter calldata edge,
        bytes32[] calldata rival,
        bytes32[4] calldata quarters,
        bytes32[] calldata other
    ) external;

    /// @notice Stops the clocks at the one place that two edges of `place`, both split, disagree about first.
    /// @custom:reverts NothingToBisect, NotSplit, SameEdge.
    function mark(IDispute.At calldata place, bytes32[4] calldata first, bytes32[4] calldata second) external;

    /// @notice Puts a root edge one level down under a rivalled leaf of level 0 or 1; takes that level's stake from the caller's balance.
    /// @dev Parameters as for `IDispute.open`; heights of histories are twice those here, and so are spine and path.
    /// @custom:reverts WrongLevel, WrongHeight, NoSuchQuarter, NotSplit, NotRivalled, OriginMismatch, InboxMismatch, BeforeMismatch,
    /// ResultMismatch, RootMismatch, WrongLength, AlreadyDecided, InsufficientBalance.
    function open(
        Quarter calldata leaf,
        Origin calldata origin,
        IDispute.Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes32 root,
        bytes calldata last,
        bytes32[] calldata spine
    ) external returns (bytes32 id);

    /// @notice Wins a leaf of the last level by executing one instruction on L1. Needs no rival.
    /// @custom:reverts WrongLevel, WrongHeight, NoSuchQuarter, NotSplit, OriginMismatch, InboxMismatch, BeforeMismatch, WrongLength,
    /// StepMismatch.
    function proveStep(
        Quarter calldata leaf,
        Origin calldata origin,
        IDispute.Before calldata before,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness
    ) external;

    /// @notice Recomputes the timer of a root edge that was split.
    /// @custom:reverts EdgeNotFound, NotSplit.
    function updateRoot(IDispute.At calldata place, bytes32[4] calldata quarters) external;

    /// @notice Recomputes the timer of a quarter that was split.
    /// @custom:reverts NothingToBisect, NoSuchQuarter, NotSplit, RootMismatch.
    function updateQuarter(Quarter calldata edge, bytes32[4] calldata quarters) external;

    /// @notice Recomputes the timer of a leaf of level 0 or 1 by a root edge that claims it.
    /// @custom:reverts WrongLevel, WrongHeight, NoSuchQuarter, NotSplit, EdgeNotFound.
    function updateLeaf(Quarter calldata leaf, bytes32 origin, bytes32 root) external;

    /// @notice Confirms a root edge that has earned the challenge period.
    /// @custom:reverts EdgeNotFound, AlreadyDecided, TimerTooLow, ParentNotConfirmed.
    function confirm(IDispute.At calldata place, bytes32 root) external;

    /// @notice Takes the stake of a loser: half for those who made the moves below its confirmed rival, the rest burnt.
    /// @custom:reverts NotRivals, EdgeNotFound, WrongStatus.
    function slash(
        IDispute.At calldata loser,
        bytes32 loserRoot,
        IDispute.At calldata winner,
        bytes32 winnerRoot
    ) external;

    /// @notice Pays the makers of the moves on a way down from a confirmed edge what each cost, as `IDispute.reward` does.
    /// @custom:reverts EdgeNotFound, WrongStatus, RootMismatch, NoSuchQuarter, WrongLevel.
    function reward(IDispute.At calldata winner, bytes32 root, Link[] calldata way) external;

    function rootOf(bytes32 id) external view returns (Root memory);

    /// @param id Place and root of any edge, without a claim.
    function shown(bytes32 id) external view returns (Shown memory);

    function mutual(bytes32 mutualId) external view returns (IDispute.Mutual memory);

    function rewardAt(bytes32 mutualId) external view returns (uint256);

    function burnt() external view returns (uint256);

    function stakeOf(uint8 level) external view returns (uint256);

    function responseTime() external view returns (uint40);

    function censorshipTime() external view returns (uint40);
}
