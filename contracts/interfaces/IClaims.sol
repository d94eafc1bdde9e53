// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOneStepProver} from "./IOneStepProver.sol";
import {ISettlement} from "./ISettlement.sol";

/// @title The game of claims: one tree of claims under each assertion, two chess clocks on each path
/// @notice The OP Stack's rules on our heights and our prover. A claim stands at a position and says what the last leaf below it is: an
/// output root down to the split depth H0, a machine hash below. The root of the tree, claim 0, is the assertion itself.
/// @custom:source docs/spec/16-claims.md. Twin: games/claims. Rules: ethereum-optimism/specs, fault-dispute-game.md (2026-04).
interface IClaims is ISettlement {
    /// @param value Output root or machine hash.
    /// @param position Generalised index in the whole tree; 1 is the root, 2p and 2(p + 1) answer p.
    /// @param parent Number of the claim that it answers; 0 for the root.
    /// @param unresolved Answers that are not resolved.
    /// @param stamp When it was made, L1 seconds.
    /// @param used Seconds that its side had used on this path by then.
    /// @param counteredBy Who disproved it, or made the left-most answer that stands; 0 while nobody has.
    struct Claim {
        bytes32 value;
        uint64 position;
        uint32 parent;
        uint32 unresolved;
        address claimant;
        uint40 stamp;
        uint40 used;
        bool isResolved;
        address counteredBy;
    }

    /// @notice A claim answers another; of an assertion's root `AssertionAdded` tells.
    event ClaimMade(
        bytes32 indexed assertion,
        uint256 indexed index,
        address indexed claimant,
        uint256 parent,
        uint64 position,
        bytes32 value,
        uint40 used
    );
    /// @notice L1 executed one instruction, and the claim is disproved.
    event StepPlayed(bytes32 indexed assertion, uint256 indexed index, address indexed stepper);
    /// @param payee Who got the bond: the claimant, or who countered it.
    event ClaimResolved(bytes32 indexed assertion, uint256 indexed index, address indexed payee, uint256 bond);
    event Confirmed(bytes32 indexed assertion);

    error ClaimNotFound(bytes32 assertion, uint256 index);
    /// @notice Another claim stands there than the caller answers: L1 was reorganised.
    error OtherClaim(bytes32 actual, bytes32 required);
    error ClaimExists(bytes32 assertion, uint256 parent, bytes32 value);
    /// @notice The root, and the root of a machine's trace, can only be attacked.
    error CannotDefend(uint64 position);
    error WrongDepth(uint256 actual, uint256 required);
    /// @notice A trace's end that bears the disputed output out where the move denies it, or the other way round.
    error WrongEnd(bytes32 result, bytes32 disputed);
    error ClockExpired(uint256 used, uint256 most);
    error ClockRunning(uint256 used, uint256 required);
    error AlreadyCountered(uint256 index);
    /// @notice L1's own step does not speak against the claim.
    error ValidStep(bytes32 afterHash);
    error AlreadyResolved(uint256 index);
    error AnswersUnresolved(uint256 count);
    /// @notice The claim to be confirmed is not resolved, or was countered, or another has won its place.
    error NotWon(bytes32 assertion);

    /// @notice Asserts a child of `origin.above`; takes the bond of depth 0. What stands already changes nothing.
    /// @param output Preimage of the output root after the last of the 2^H0 runs.
    /// @return id The assertion.
    /// @custom:reverts AssertionNotFound, OriginMismatch, MalformedHeader, InsufficientBalance.
    /// @custom:gas pinned as "claims: assert" in test/snapshots.
    function assertState(Origin calldata origin, OutputPreimage calldata output) external returns (bytes32 id);

    /// @notice Disagrees with a claim: what is the last leaf of its left half?
    /// @param parent Number of the claim.
    /// @param disputed Its value.
    /// @param value The new claim's value; its position is twice the parent's.
    /// @param last Where the parent stands at the split depth: register bytes of the machine at the end of the run, whose hash is
    /// `value`. Else empty.
    /// @custom:reverts ClaimNotFound, OtherClaim, WrongDepth, ClockExpired, ClaimExists, WrongEnd, ResultMismatch, WrongLength,
    /// InsufficientBalance.
    function attack(bytes32 assertion, uint256 parent, bytes32 disputed, bytes32 value, bytes calldata last) external;

    /// @notice Agrees with a claim and disputes what follows: what is the last leaf of the left half right of it? As `attack`.
    /// @custom:reverts CannotDefend, and what `attack` does.
    function defend(bytes32 assertion, uint256 parent, bytes32 disputed, bytes32 value, bytes calldata last) external;

    /// @notice Disproves a claim at the bottom by executing one instruction on L1.
    /// @param isAttack Whether the step leads to the claim (from the state agreed before it), or from the claim to its neighbour above.
    /// @param origin Preimage of the assertion's origin. @param inbox Preimage of `origin.inbox`.
    /// @param witness For `IOneStepProver.step`; a bad one reverts.
    /// @custom:reverts ClaimNotFound, WrongDepth, ClockExpired, AlreadyCountered, OriginMismatch, InboxMismatch, ValidStep.
    function step(
        bytes32 assertion,
        uint256 index,
        bool isAttack,
        Origin calldata origin,
        IOneStepProver.InboxState calldata inbox,
        bytes calldata witness
    ) external;

    /// @notice Resolves a claim whose opponents' time is over and whose answers are resolved; pays its bond.
    /// @custom:reverts ClaimNotFound, AlreadyResolved, ClockRunning, AnswersUnresolved.
    function resolveClaim(bytes32 assertion, uint256 index) external;

    /// @notice Confirms an assertion whose root claim stands uncountered, on a confirmed parent without a confirmed child.
    /// @custom:reverts NotWon, ParentNotConfirmed.
    function confirm(bytes32 assertion) external;

    /// @custom:reverts ClaimNotFound.
    function claimAt(bytes32 assertion, uint256 index) external view returns (Claim memory);

    function claimCount(bytes32 assertion) external view returns (uint256);

    /// @notice Bond of a claim, in wei.
    function bondOf(uint256 depth) external view returns (uint256);

    /// @notice Seconds that a move leaves its side at least; two more where an answer may take longer.
    function clockExtension() external view returns (uint40);

    /// @notice Added to the extension above the bottom.
    function stepTime() external view returns (uint40);
}
