// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISequencing} from "./ISequencing.sol";

/// @title IRotation: members with a stake append batches in turns
/// @notice Time is cut into slots, slots into terms. A term's roster stands before the term before it ends: who leads a slot follows
/// from the slot alone. Slot `s` is led by member `s mod n` of its term's roster, in the order of seats or in one that a beacon root draws.
/// @custom:source docs/spec/18-rotation.md
interface IRotation is ISequencing {
    /// @param stake Wei behind each member, the same for all.
    /// @param slotSeconds Length of a slot; slot `s` begins at L1 time `s * slotSeconds`.
    /// @param termSlots Slots of a term; who joins or resigns in term `t` does so from term `t + 2` on.
    /// @param graceSlots After so many slots without a batch every member may append one.
    /// @param openSlots After so many slots without a batch anyone may.
    /// @param leaveDelay Seconds for which the stake of one who resigned can still be lost.
    /// @param isDrawn The order in which a term's members lead is drawn by L1's beacon root at the start of the term before; else it is that
    /// of their seats.
    struct Parameters {
        uint256 stake;
        uint64 slotSeconds;
        uint64 termSlots;
        uint64 graceSlots;
        uint64 openSlots;
        uint64 leaveDelay;
        bool isDrawn;
    }

    /// @notice A soft confirmation: "in slot `slot` I put this block at this height, on L1 by `expiry`".
    /// @param slot Slot in which it was given.
    /// @param height Number of the L2 block.
    /// @param expiry L1 seconds; not after the end of the slot. Later it says nothing.
    /// @param parentHash Hash of the L2 block before it.
    /// @param blockHash Hash of the L2 block.
    struct SoftConfirmation {
        uint64 slot;
        uint64 height;
        uint64 expiry;
        bytes32 parentHash;
        bytes32 blockHash;
    }

    /// @notice `account` leads slots from `fromTerm` on.
    event MemberJoined(address indexed account, uint256 indexed seat, uint256 fromTerm);
    /// @notice `account` leads none from `fromTerm` on, and has its stake back from `payableAt` (L1 seconds) on.
    event MemberResigned(address indexed account, uint256 indexed seat, uint256 fromTerm, uint256 payableAt);
    event StakeReturned(address indexed account, uint256 amount);
    /// @notice `account` signed two blocks for one height: `reward` for who showed it, `burnt_` to nobody.
    event Equivocated(address indexed account, address indexed reporter, uint256 reward, uint256 burnt_);

    /// @notice Messages up to `required` are overdue: a batch takes them in or is not taken.
    error MessagesDue(uint256 actual, uint256 required);
    error WrongStake(uint256 actual, uint256 required);
    error AlreadyMember(address account);
    error NotMember(address account);
    /// @notice All seats are taken, or were until a moment ago.
    error NoSeat();
    error AlreadyResigned(address account);
    /// @notice Somebody has to stay.
    error LastMember(address account);
    /// @notice The stake is paid out from `required` (L1 seconds) on; 0 where it did not resign.
    error StakeLocked(uint256 actual, uint256 required);
    /// @notice The two do not contradict each other: other slots, heights or parents, or the same block.
    error NoConflict();
    error DifferentSigners(address first, address second);
    /// @notice Rosters before `required` are forgotten.
    error TermGone(uint256 actual, uint256 required);
    /// @notice L1 has not drawn the order of that term yet.
    error NotDrawn(uint256 term);

    /// @notice Takes a seat, for the caller and exactly the stake; its slots begin two terms on.
    /// @dev A caller that could not append a batch (it has code) only wastes its own slots.
    /// @custom:reverts WrongStake, AlreadyMember, NoSeat.
    /// @custom:gas pinned as "rotation: join" in test/snapshots.
    function join() external payable returns (uint256 seat);

    /// @notice Gives the caller's seat up; its slots end two terms on.
    /// @custom:reverts NotMember, AlreadyResigned, LastMember.
    function resign() external;

    /// @notice Pays the caller's stake back, `leaveDelay` after its last term.
    /// @custom:reverts NotMember, StakeLocked.
    function withdrawStake() external;

    /// @notice Two soft confirmations of one member for one slot, height and parent, of different blocks: half its stake goes to the
    /// caller, half to nobody, and the seat stands empty at once.
    /// @param signatures 65 bytes each (r, s, v), over `confirmationHash`.
    /// @return reward Wei paid to the caller.
    /// @custom:reverts NoConflict, DifferentSigners, NotMember; as OpenZeppelin's ECDSA does for what is no signature.
    function reportEquivocation(
        SoftConfirmation[2] calldata confirmations,
        bytes[2] calldata signatures
    ) external returns (uint256 reward);

    /// @notice What a member signs: `keccak(TAG("confirmation"), L1's chain id, this contract, the confirmation)`.
    function confirmationHash(SoftConfirmation calldata confirmation) external view returns (bytes32);

    /// @notice Who leads a slot: 0 where its seat or its roster is empty. Certain for slots of this term and the next.
    /// @custom:reverts TermGone; NotDrawn where beacon roots draw and the slot's term is not the present one, nor the next from its draw on.
    function leaderOf(uint256 slot) external view returns (address);

    /// @notice All that leaders are computed from.
    /// @return term From which the first roster stands; the second stands in the term behind it, the third from there on.
    /// @return rosters Seats as bits, seat 0 the lowest.
    /// @return accounts By seat; 0 for none.
    /// @return draws Beacon roots that draw the order of `term` and, once that is certain, of the term behind it; 0 where a term goes in the order of
    /// seats for want of one. None where no order is drawn.
    function schedule()
        external
        view
        returns (uint256 term, uint64[3] memory rosters, address[] memory accounts, bytes32[] memory draws);

    /// @notice A member's seat. @return payableAt L1 seconds at which its stake is paid back; 0 while it stays.
    /// @custom:reverts NotMember.
    function seatOf(address account) external view returns (uint256 seat, uint256 payableAt);

    /// @notice The numbers of this rotation.
    function rotationParameters() external view returns (Parameters memory);

    /// @notice Stakes burnt so far, in wei. They stay here for ever: burning is that no function takes them out.
    function stakesBurnt() external view returns (uint256);
}
