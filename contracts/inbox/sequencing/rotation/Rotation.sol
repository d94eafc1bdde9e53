// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IInbox} from "../../../interfaces/IInbox.sol";
import {IRotation} from "../../../interfaces/IRotation.sol";
import {ISequencing} from "../../../interfaces/ISequencing.sol";
import {Sequencing} from "../Sequencing.sol";
import {Draws} from "./Draws.sol";
import {Rosters} from "./Rosters.sol";

/// @title Rotation: members with a stake, in turns by time; when they are silent any member, then anyone
/// @dev INVARIANT: of the contract's ether a stake for each member, and what was burnt, is never paid for anything else. INVARIANT: a seat in a roster is its account's,
/// or nobody's once that lost its stake. SAFETY: a leader's own signer gives one confirmation for each slot and height, whatever L1
/// does; so neither a reorg nor a missed slot makes an honest leader one that can be slashed.
/// @custom:source docs/spec/18-rotation.md
abstract contract Rotation is IRotation, Sequencing {
    using Rosters for Rosters.Three;
    using SafeCast for uint256;

    bytes32 internal constant TAG_CONFIRMATION = keccak256("solvent.confirmation");
    uint256 internal constant MAX_SEATS = 64;
    uint256 internal constant MAX_STAKE = 2 ** 96;
    uint64 internal constant MAX_SLOT_SECONDS = 1 days;
    uint64 internal constant MAX_SLOTS = 2 ** 32;
    uint64 internal constant MAX_LEAVE_DELAY = 365 days;

    /// @param seatPlusOne 0 for who is no member.
    /// @param payableAt L1 seconds; 0 while it stays.
    struct Member {
        uint64 seatPlusOne;
        uint64 payableAt;
    }

    uint256 private immutable _stake;
    uint64 private immutable _slotSeconds;
    uint64 private immutable _termSlots;
    uint64 private immutable _graceSlots;
    uint64 private immutable _openSlots;
    uint64 private immutable _leaveDelay;
    bool private immutable _isDrawn;
    /// @dev From here silence is counted before the first batch.
    uint64 private immutable _startTime;

    Rosters.Three private _rosters;
    address[MAX_SEATS] private _accounts;
    mapping(address account => Member) private _members;
    /// @inheritdoc IRotation
    uint256 public override stakesBurnt;

    /// @param founders Members from the first slot on; their stakes are paid with the deployment.
    constructor(Parameters memory parameters, address[] memory founders) payable {
        _requireBounds(parameters);
        if (founders.length == 0 || founders.length > MAX_SEATS) revert IInbox.BadParameter("founders");
        uint256 stakes = parameters.stake * founders.length;
        if (msg.value != stakes) revert WrongStake(msg.value, stakes);
        _stake = parameters.stake;
        _slotSeconds = parameters.slotSeconds;
        _termSlots = parameters.termSlots;
        _graceSlots = parameters.graceSlots;
        _openSlots = parameters.openSlots;
        _leaveDelay = parameters.leaveDelay;
        _isDrawn = parameters.isDrawn;
        _startTime = block.timestamp.toUint64();

        uint256 term = block.timestamp / parameters.slotSeconds / parameters.termSlots;
        for (uint256 seat = 0; seat < founders.length; seat++) {
            address founder = founders[seat];
            if (founder == address(0)) revert IInbox.BadParameter("founders");
            if (_members[founder].seatPlusOne != 0) revert AlreadyMember(founder);
            _seat(founder, seat, term);
        }
        uint64 all = uint64((1 << founders.length) - 1);
        _rosters = Rosters.Three(term.toUint64(), all, all, all);
    }

    /// @inheritdoc ISequencing
    function sequencingMode() external pure override returns (uint8) {
        return 1;
    }

    /// @inheritdoc ISequencing
    function sequencer() external view override returns (address leader) {
        (, leader) = _turn();
    }

    /// @inheritdoc ISequencing
    function mayCommit(address account) external view override returns (bool) {
        (uint64 roster, address leader) = _turn();
        return (account == leader && account != address(0)) || _isOpenTo(account, roster, leader);
    }

    /// @inheritdoc IRotation
    function join() external payable override returns (uint256 seat) {
        if (msg.value != _stake) revert WrongStake(msg.value, _stake);
        if (_members[msg.sender].seatPlusOne != 0) revert AlreadyMember(msg.sender);
        Rosters.Three memory rosters = _now();
        uint64 taken = rosters.seats();
        // One who resigned keeps its seat until its stake is paid back.
        for (seat = Rosters.lowestFree(taken); seat < MAX_SEATS && _accounts[seat] != address(0);)
            seat = Rosters.lowestFree(taken |= uint64(1 << seat));
        if (seat == MAX_SEATS) revert NoSeat();

        rosters.later |= uint64(1 << seat);
        _rosters = rosters;
        _seat(msg.sender, seat, uint256(rosters.term) + 2);
    }

    /// @inheritdoc IRotation
    function resign() external override {
        Member memory member = _requireMember(msg.sender);
        if (member.payableAt != 0) revert AlreadyResigned(msg.sender);
        Rosters.Three memory rosters = _now();
        uint256 seat = member.seatPlusOne - 1;
        uint64 others = rosters.later & ~uint64(1 << seat);
        if (others == 0) revert LastMember(msg.sender);

        rosters.later = others;
        _rosters = rosters;
        uint256 fromTerm = uint256(rosters.term) + 2;
        uint256 payableAt = fromTerm * _termSlots * _slotSeconds + _leaveDelay;
        _members[msg.sender].payableAt = payableAt.toUint64();
        emit MemberResigned(msg.sender, seat, fromTerm, payableAt);
    }

    /// @inheritdoc IRotation
    function withdrawStake() external override {
        Member memory member = _requireMember(msg.sender);
        if (member.payableAt == 0 || block.timestamp < member.payableAt)
            revert StakeLocked(block.timestamp, member.payableAt);
        _unseat(msg.sender, member.seatPlusOne - 1);
        emit StakeReturned(msg.sender, _stake);
        Address.sendValue(payable(msg.sender), _stake);
    }

    /// @inheritdoc IRotation
    function reportEquivocation(
        SoftConfirmation[2] calldata confirmations,
        bytes[2] calldata signatures
    ) external override returns (uint256 reward) {
        SoftConfirmation calldata first = confirmations[0];
        SoftConfirmation calldata second = confirmations[1];
        if (
            first.slot != second.slot ||
            first.height != second.height ||
            first.parentHash != second.parentHash ||
            first.blockHash == second.blockHash
        ) revert NoConflict();
        address account = ECDSA.recover(confirmationHash(first), signatures[0]);
        address other = ECDSA.recover(confirmationHash(second), signatures[1]);
        if (account != other) revert DifferentSigners(account, other);
        uint256 seat = _requireMember(account).seatPlusOne - 1;

        _unseat(account, seat);
        Rosters.Three memory rosters = _now();
        rosters.later &= ~uint64(1 << seat);
        _rosters = rosters;
        reward = _stake / 2;
        uint256 burnt_ = _stake - reward;
        stakesBurnt += burnt_;
        emit Equivocated(account, msg.sender, reward, burnt_);
        Address.sendValue(payable(msg.sender), reward);
    }

    /// @inheritdoc IRotation
    function confirmationHash(SoftConfirmation calldata confirmation) public view override returns (bytes32) {
        return keccak256(abi.encode(TAG_CONFIRMATION, block.chainid, address(this), confirmation));
    }

    /// @inheritdoc IRotation
    function leaderOf(uint256 slot) external view override returns (address) {
        uint256 term = slot / _termSlots;
        Rosters.Three memory rosters = _rosters;
        if (term < rosters.term) revert TermGone(term, rosters.term);
        return _leader(rosters.rosterOf(term), slot, _drawOf(term));
    }

    /// @inheritdoc IRotation
    function schedule()
        external
        view
        override
        returns (uint256 term, uint64[3] memory rosters, address[] memory accounts, bytes32[] memory draws)
    {
        Rosters.Three memory three = _now();
        (term, rosters) = (three.term, [three.current, three.next, three.later]);
        accounts = new address[](MAX_SEATS);
        for (uint256 seat = 0; seat < MAX_SEATS; seat++) accounts[seat] = _accounts[seat];
        if (!_isDrawn) return (term, rosters, accounts, draws);
        (bool isNextCertain, bytes32 nextRoot) = Draws.rootFrom(_drawTime(term + 1));
        draws = new bytes32[](isNextCertain ? 2 : 1);
        draws[0] = _drawOf(term);
        if (isNextCertain) draws[1] = nextRoot;
    }

    /// @inheritdoc IRotation
    function seatOf(address account) external view override returns (uint256 seat, uint256 payableAt) {
        Member memory member = _requireMember(account);
        return (member.seatPlusOne - 1, member.payableAt);
    }

    /// @inheritdoc IRotation
    function rotationParameters() external view override returns (Parameters memory) {
        return Parameters(_stake, _slotSeconds, _termSlots, _graceSlots, _openSlots, _leaveDelay, _isDrawn);
    }

    function _takeTurn(uint256 delayedCount) internal view override {
        (uint64 roster, address leader) = _turn();
        if (msg.sender != leader && !_isOpenTo(msg.sender, roster, leader)) revert NotSequencer(msg.sender, leader);
        uint256 overdue = _overdueCount();
        if (delayedCount < overdue) revert MessagesDue(delayedCount, overdue);
    }

    /// @dev The roster of this slot's term, and who of it leads the slot.
    function _turn() private view returns (uint64 roster, address leader) {
        uint256 slot = block.timestamp / _slotSeconds;
        roster = _now().current;
        leader = _leader(roster, slot, _drawOf(slot / _termSlots));
    }

    /// @param root That draws the order of the slot's term; 0 for the order of seats.
    function _leader(uint64 roster, uint256 slot, bytes32 root) private view returns (address) {
        if (roster == 0) return address(0);
        uint256 place = root == 0 ? slot : Draws.placeOf(root, slot, Rosters.count(roster));
        return _accounts[Rosters.seatAt(roster, place)];
    }

    function _drawOf(uint256 term) private view returns (bytes32 root) {
        if (!_isDrawn) return 0;
        bool isCertain;
        (isCertain, root) = Draws.rootFrom(_drawTime(term));
        if (!isCertain) revert NotDrawn(term);
    }

    /// @dev L1 seconds from which on the draw of a term is looked for: the start of the term before it.
    function _drawTime(uint256 term) private view returns (uint256) {
        return (term - 1) * _termSlots * _slotSeconds;
    }

    /// @dev A seat that lost its account has slots all the same: they are every member's, at once.
    function _isOpenTo(address account, uint64 roster, address leader) private view returns (bool) {
        uint256 last = _lastPost();
        uint256 silence = block.timestamp - (last > _startTime ? last : _startTime);
        if (roster == 0 || silence > uint256(_openSlots) * _slotSeconds) return true;
        if (leader != address(0) && silence <= uint256(_graceSlots) * _slotSeconds) return false;
        uint256 seatPlusOne = _members[account].seatPlusOne;
        return seatPlusOne != 0 && (roster >> (seatPlusOne - 1)) & 1 == 1;
    }

    function _now() private view returns (Rosters.Three memory) {
        return _rosters.rolledTo(block.timestamp / _slotSeconds / _termSlots);
    }

    function _seat(address account, uint256 seat, uint256 fromTerm) private {
        _members[account].seatPlusOne = uint64(seat + 1);
        _accounts[seat] = account;
        emit MemberJoined(account, seat, fromTerm);
    }

    function _unseat(address account, uint256 seat) private {
        delete _members[account];
        delete _accounts[seat];
    }

    function _requireMember(address account) private view returns (Member memory member) {
        member = _members[account];
        if (member.seatPlusOne == 0) revert NotMember(account);
    }

    function _requireBounds(Parameters memory parameters) private view {
        if (parameters.stake == 0 || parameters.stake > MAX_STAKE) revert IInbox.BadParameter("stake");
        if (parameters.slotSeconds == 0 || parameters.slotSeconds > MAX_SLOT_SECONDS)
            revert IInbox.BadParameter("slotSeconds");
        if (parameters.termSlots == 0 || parameters.termSlots > MAX_SLOTS) revert IInbox.BadParameter("termSlots");
        if (parameters.graceSlots == 0 || parameters.graceSlots > MAX_SLOTS) revert IInbox.BadParameter("graceSlots");
        if (parameters.openSlots <= parameters.graceSlots || parameters.openSlots > MAX_SLOTS)
            revert IInbox.BadParameter("openSlots");
        if (parameters.leaveDelay > MAX_LEAVE_DELAY) revert IInbox.BadParameter("leaveDelay");
        if (parameters.isDrawn) _requireDraws(parameters);
    }

    /// @dev A draw has to stand in L1's history to the end of its term, be found in the term before it, and L1 has to write such roots at all.
    function _requireDraws(Parameters memory parameters) private view {
        uint256 termSeconds = uint256(parameters.slotSeconds) * parameters.termSlots;
        if (2 * termSeconds > Draws.HISTORY_SECONDS || termSeconds < Draws.SEARCH_SECONDS)
            revert IInbox.BadParameter("termSlots");
        (, bytes32 root) = Draws.rootFrom(block.timestamp + 1 - Draws.SEARCH_SECONDS);
        if (root == 0) revert IInbox.BadParameter("isDrawn");
    }
}
