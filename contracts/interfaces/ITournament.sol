// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOneStepProver} from "./IOneStepProver.sol";
import {ISettlement} from "./ISettlement.sol";

/// @title The tournament: commitments join with a bond, are paired as they come, and bisect each on its own clock
/// @notice Cartesi's rules of 2026-10 on our heights and our prover. The children of one assertion are one tournament of level 0; a sealed
/// leaf above the last level is settled by a tournament of the level below. A commitment is the root of a history (06-game.md#histories).
/// @custom:source docs/spec/17-tournament.md. Rules: cartesi/dave, `Tournament.sol` and `MatchClocks.sol` (2026-10).
interface ITournament is ISettlement {
    /// @notice None: never joined. Waiting: stands still, unpaired. Playing: in a match. Out: eliminated.
    enum Standing {
        None,
        Waiting,
        Playing,
        Out
    }

    /// @notice Bisect: one side answers. Leaf: a step decides. Inner: a tournament below decides. Over.
    enum Phase {
        None,
        Bisect,
        Leaf,
        Inner,
        Over
    }

    /// @param start L1 seconds. @param allowance Seconds in which it is open to joins, and what each clock starts with.
    /// @param lastEnd When its last match ended.
    /// @param matches That are not over. @param joined Commitments so far.
    /// @param waiting Root that is unpaired; 0 for none.
    /// @param pool Bonds less refunds, in wei.
    /// @param above Match that it decides; 0 at level 0.
    /// @param initial State before the first leaf: output root at level 0, machine hash below.
    /// @param inbox Hash of the `InboxState` that limits the runs.
    struct Tournament {
        uint40 start;
        uint40 allowance;
        uint40 lastEnd;
        uint8 level;
        uint32 matches;
        uint32 joined;
        bool isSettled;
        bytes32 waiting;
        uint256 pool;
        bytes32 above;
        bytes32 initial;
        bytes32 inbox;
    }

    /// @param claimer Who joined it first, and gets its bond back if it wins.
    /// @param stamp When. @param left Seconds left on its clock, as of its last change; of one that is out: when it went.
    /// @param last Contested leaf above that it ends in; at level 0 its last output root.
    struct Commitment {
        address claimer;
        uint40 stamp;
        uint40 left;
        Standing standing;
        bytes32 last;
    }

    /// @param one Root that waited: it answers first. @param two Root that came.
    /// @param other Node that whoever is to answer must open; once sealed, the agreed state.
    /// @param left Children of the other side's node at the same place; once sealed, the leaf of `one`.
    /// @param right The same; once sealed, the leaf of `two`.
    /// @param since When a clock began to run, or it was sealed.
    /// @param height Of the nodes `left` and `right` plus one. @param position First leaf of `other`; once sealed, the leaf.
    struct Match {
        bytes32 tournament;
        bytes32 one;
        bytes32 two;
        bytes32 other;
        bytes32 left;
        bytes32 right;
        uint40 since;
        uint8 height;
        Phase phase;
        bool isTurnOfTwo;
        uint64 position;
    }

    event TournamentOpened(
        bytes32 indexed tournament,
        bytes32 indexed above,
        uint8 level,
        uint40 allowance,
        bytes32 initial
    );
    /// @param left Children of `root`.
    event Joined(
        bytes32 indexed tournament,
        bytes32 indexed root,
        address indexed claimer,
        bytes32 last,
        bytes32 left,
        bytes32 right,
        uint40 clock
    );
    event Paired(bytes32 indexed tournament, bytes32 indexed matchId, bytes32 one, bytes32 two);
    event Advanced(bytes32 indexed matchId, bytes32 left, bytes32 right, uint40 clock);
    event Sealed(
        bytes32 indexed matchId,
        bytes32 agreed,
        bytes32 leafOfOne,
        bytes32 leafOfTwo,
        uint64 position,
        uint40 clock
    );
    /// @param survivor 0 if neither. @param clock Seconds left to it.
    event MatchEnded(bytes32 indexed matchId, bytes32 indexed survivor, uint40 clock, Phase phase);
    event Refunded(bytes32 indexed tournament, address indexed account, uint256 amount);
    /// @param bond What the claimer has back. @param prize A tenth of what is left. @param burnt_ The rest.
    event Settled(
        bytes32 indexed tournament,
        bytes32 indexed winner,
        address claimer,
        uint256 bond,
        uint256 prize,
        uint256 burnt_
    );

    error TournamentClosed(bytes32 tournament);
    error TournamentRunning(bytes32 tournament);
    error AlreadyJoined(bytes32 tournament, bytes32 root);
    /// @notice An inner commitment that ends in neither contested leaf.
    error NotContested(bytes32 last);
    error WrongPhase(bytes32 matchId, Phase actual);
    error WrongHeight(uint256 actual, uint256 required);
    /// @notice Two nodes that are not the children of what has to be opened.
    error ChildrenMismatch(bytes32 actual, bytes32 required);
    error RootMismatch(bytes32 actual, bytes32 required);
    error ClockExpired(bytes32 matchId);
    error ClockRunning(bytes32 matchId);
    /// @notice `eliminate` where one side survives, or a win where neither does.
    error WrongSurvivor(bytes32 matchId, bytes32 survivor);
    /// @notice L1's own step leads to neither side's leaf.
    error StepMismatch(bytes32 actual);
    /// @notice The assertion has not won a tournament that is over.
    error NotWon(bytes32 assertion);

    /// @notice Joins the tournament of `origin.above`'s children, and opens it with the first; takes the bond of level 0.
    /// @param root Over the output roots after each of the 2^H0 runs. What stands already changes nothing.
    /// @param output Preimage of the last of them. @param spine Left siblings on the right spine, bottom first.
    /// @return id The assertion.
    /// @custom:reverts AssertionNotFound, OriginMismatch, MalformedHeader, WrongLength, RootMismatch, TournamentClosed, InsufficientBalance.
    function assertState(
        Origin calldata origin,
        bytes32 root,
        OutputPreimage calldata output,
        bytes32[] calldata spine
    ) external returns (bytes32 id);

    /// @notice Joins the tournament below a sealed match; takes the bond of its level.
    /// @param last Contested leaf that the commitment's history ends in.
    /// @param machine Of level 1: register bytes of the machine that yields it, which is the history's last leaf. Else empty.
    /// @custom:reverts WrongPhase, TournamentClosed, NotContested, ResultMismatch, WrongLength, AlreadyJoined, InsufficientBalance.
    function join(
        bytes32 matchId,
        bytes32 last,
        bytes calldata machine,
        bytes32[] calldata spine
    ) external returns (bytes32 root);

    /// @notice Opens the node that has to be opened, and of its first half that differs both children.
    /// @custom:reverts WrongPhase, WrongHeight, ChildrenMismatch, ClockExpired.
    function advance(bytes32 matchId, bytes32 left, bytes32 right, bytes32 nextLeft, bytes32 nextRight) external;

    /// @notice The last answer: opens two leaves, and shows the state before the first that differs.
    /// @param agreed That state. @param path Its siblings, bottom first, in the answering side's history; empty before leaf 0.
    /// @param inbox Preimage of the tournament's inbox hash.
    /// @custom:reverts WrongPhase, WrongHeight, ChildrenMismatch, RootMismatch, WrongLength, InboxMismatch, ClockExpired.
    function sealMatch(
        bytes32 matchId,
        bytes32 left,
        bytes32 right,
        bytes32 agreed,
        bytes32[] calldata path,
        IOneStepProver.InboxState calldata inbox
    ) external;

    /// @notice L1 executes the step after the agreed state; the side that it leads to wins while neither clock is over.
    /// @param left Children of the winner's root, with which it goes on.
    /// @custom:reverts WrongPhase, ClockExpired, InboxMismatch, StepMismatch, ChildrenMismatch.
    function winByStep(
        bytes32 matchId,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness,
        bytes32 left,
        bytes32 right
    ) external;

    /// @notice A clock is over, and the other side has more left than that one is overdue. Children of the winner's root.
    /// @custom:reverts WrongPhase, ClockRunning, WrongSurvivor, ChildrenMismatch.
    function winByTimeout(bytes32 matchId, bytes32 left, bytes32 right) external;

    /// @notice Both clocks are over. @custom:reverts WrongPhase, ClockRunning, WrongSurvivor.
    function eliminate(bytes32 matchId) external;

    /// @notice The tournament below has a winner in time: its side wins, and the bonds below are settled.
    /// @custom:reverts WrongPhase, TournamentRunning, ClockExpired, ChildrenMismatch.
    function winByInner(bytes32 matchId, bytes32 left, bytes32 right) external;

    /// @notice The tournament below has no winner in time: both sides are out. @custom:reverts WrongPhase, TournamentRunning, ClockRunning.
    function eliminateInner(bytes32 matchId) external;

    /// @notice Confirms the winner of a tournament of level 0 that is over, on a confirmed parent, and settles the bonds.
    /// @custom:reverts AssertionNotFound, NotWon, ParentNotConfirmed.
    function confirm(bytes32 assertion) external;

    function tournamentAt(bytes32 id) external view returns (Tournament memory);

    function commitmentAt(bytes32 tournament, bytes32 root) external view returns (Commitment memory);

    function matchAt(bytes32 id) external view returns (Match memory);

    /// @notice Wei of a level's bond.
    function bondOf(uint8 level) external view returns (uint256);

    /// @notice Seconds forgiven of each answer.
    function responseTime() external view returns (uint40);

    /// @notice Seconds in which a commitment of a level below can be built.
    function buildTime() external view returns (uint40);

    /// @notice Wei that nobody can take out any more.
    function burnt() external view returns (uint256);
}
