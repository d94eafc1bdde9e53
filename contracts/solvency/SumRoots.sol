// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Withdrawals} from "../bridge/Withdrawals.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {ISumRoots} from "../interfaces/ISumRoots.sol";
import {SumTrie} from "./SumTrie.sol";

/// @title SumRoots
/// @dev INVARIANT: balance >= bonds of open claims + prices of open demands. No owner; nothing waits for it.
contract SumRoots is ISumRoots {
    using SafeCast for uint256;
    using Withdrawals for IPortal.OutputRootProof;

    /// @dev A way down of 32 branches needs keys that share 128 bits of their hashes.
    uint256 private constant MIN_BOND_IN_PRICES = 64;

    /// @dev What counts of an assertion. @param taken Of its posting.
    struct Verdict {
        Claim claim;
        uint128 taken;
    }

    IPortal public immutable override portal;
    ISettlement public immutable override queue;
    uint256 public immutable override bond;
    uint256 public immutable override demandPrice;
    uint64 public immutable override window;
    uint64 public immutable override answerTime;

    Posting[] private _postings;
    mapping(uint256 index => mapping(bytes32 hash => Demand)) public demands;
    mapping(bytes32 hash => bool) public isOpened;
    mapping(bytes32 assertion => Verdict) private _settled;

    /// @param portal_ Names the queue, and what L1 took in.
    constructor(IPortal portal_, uint256 bond_, uint256 demandPrice_, uint64 window_, uint64 answerTime_) {
        if (demandPrice_ == 0) revert BadParameter("demandPrice");
        if (bond_ < MIN_BOND_IN_PRICES * demandPrice_) revert BadParameter("bond");
        if (answerTime_ == 0) revert BadParameter("answerTime");
        if (window_ < answerTime_) revert BadParameter("window");
        portal = portal_;
        queue = ISettlement(address(portal_.disputeGameFactory()));
        bond = bond_;
        demandPrice = demandPrice_;
        window = window_;
        answerTime = answerTime_;
    }

    /// @inheritdoc ISumRoots
    function post(
        uint256 disputeGameIndex,
        IPortal.OutputRootProof calldata output,
        Sum calldata sum
    ) external payable override returns (uint256 index) {
        _requireValue(bond);
        (, , address game) = queue.gameAtIndex(disputeGameIndex);
        ISettlement.Assertion memory assertion = queue.assertionOfGame(game);
        bytes32 outputRoot = output.outputRoot();
        if (outputRoot != assertion.outputRoot) revert OutputMismatch(outputRoot, assertion.outputRoot);

        index = _postings.length;
        bytes32 claim = keccak256(abi.encode(Claim(assertion.id, output.stateRoot, sum)));
        uint64 settlesAt = (block.timestamp + window).toUint64();
        uint128 taken = portal.deposited().toUint128();
        _postings.push(Posting(claim, msg.sender, settlesAt, 0, Status.Open, taken));
        emit Posted(index, assertion.id, output.stateRoot, sum.hash, sum.total, msg.sender);
    }

    /// @inheritdoc ISumRoots
    function refute(
        uint256 index,
        Claim calldata claim,
        bytes32 key,
        bytes[] calldata nodes,
        bytes[] calldata records
    ) external override {
        Posting storage posting = _requireOpen(index);
        _requireClaim(posting, claim);
        (Finding finding, ) = SumTrie.walk(claim.stateRoot, claim.sum, key, nodes, records);
        if (finding < Finding.WrongLeaf) revert NoLie(finding);

        posting.status = Status.Fallen;
        emit Fell(index, finding, msg.sender);
        Address.sendValue(payable(msg.sender), bond / 2);
    }

    /// @inheritdoc ISumRoots
    function demand(
        uint256 index,
        Claim calldata claim,
        bytes[] calldata records,
        uint8[] calldata path
    ) external payable override {
        Posting storage posting = _requireOpen(index);
        if (block.timestamp >= posting.settlesAt) revert TooLate(block.timestamp, posting.settlesAt);
        _requireClaim(posting, claim);
        _requireValue(demandPrice);
        bytes32 hash = claim.sum.hash;
        for (uint256 i = 0; i < records.length; ++i) {
            if (SumTrie.hashRecord(records[i]) != hash) revert RecordMismatch(hash);
            hash = SumTrie.pairAt(records[i], path[i]).hash;
        }
        if (hash == 0 || isOpened[hash] || demands[index][hash].by != address(0)) revert NothingToDemand(hash);

        uint64 answerBy = (block.timestamp + answerTime).toUint64();
        demands[index][hash] = Demand(msg.sender, answerBy);
        posting.demands += 1;
        emit Demanded(index, hash, msg.sender, answerBy);
    }

    /// @inheritdoc ISumRoots
    function open(uint256 index, bytes calldata record) external override {
        Posting storage posting = _requireOpen(index);
        bytes32 hash = SumTrie.hashRecord(record);
        _requireDemand(index, hash);

        delete demands[index][hash];
        isOpened[hash] = true;
        posting.demands -= 1;
        uint64 settlesAt = (block.timestamp + answerTime).toUint64();
        if (settlesAt > posting.settlesAt) posting.settlesAt = settlesAt;
        emit Opened(index, hash, record);
        Address.sendValue(payable(msg.sender), demandPrice);
    }

    /// @inheritdoc ISumRoots
    function lapse(uint256 index, bytes32 hash) external override {
        Posting storage posting = _requireOpen(index);
        Demand memory made = _requireDemand(index, hash);
        if (block.timestamp <= made.answerBy) revert TooEarly(block.timestamp, made.answerBy);

        delete demands[index][hash];
        posting.status = Status.Fallen;
        emit Fell(index, Finding.Open, made.by);
        Address.sendValue(payable(made.by), bond / 2 + demandPrice);
    }

    /// @inheritdoc ISumRoots
    function reclaim(uint256 index, bytes32 hash) external override {
        Status status = _postings[index].status;
        if (status != Status.Fallen) revert NotFallen(status);
        Demand memory made = _requireDemand(index, hash);
        delete demands[index][hash];
        Address.sendValue(payable(made.by), demandPrice);
    }

    /// @inheritdoc ISumRoots
    function settle(uint256 index, Claim calldata claim) external override {
        Posting storage posting = _requireOpen(index);
        _requireClaim(posting, claim);
        if (block.timestamp < posting.settlesAt) revert TooEarly(block.timestamp, posting.settlesAt);
        if (posting.demands != 0) revert DemandsOpen(posting.demands);

        posting.status = Status.Settled;
        if (_settled[claim.assertion].claim.assertion == 0) _settled[claim.assertion] = Verdict(claim, posting.taken);
        emit Settled(index, claim.assertion, claim.sum.total);
        Address.sendValue(payable(posting.poster), bond);
    }

    /// @inheritdoc ISumRoots
    function balanceIn(
        bytes32 assertion,
        address account,
        bytes[] calldata nodes,
        bytes[] calldata records
    ) external view override returns (uint256) {
        Claim memory claim = _settled[assertion].claim;
        if (claim.assertion == 0) revert NotSettled(assertion);
        bytes32 key = keccak256(abi.encodePacked(account));
        (Finding finding, uint256 balance) = SumTrie.walk(claim.stateRoot, claim.sum, key, nodes, records);
        if (finding != Finding.Counted && finding != Finding.Absent) revert NotCounted(finding);
        return balance;
    }

    /// @inheritdoc ISumRoots
    function postings(uint256 index) external view override returns (Posting memory) {
        return _postings[index];
    }

    /// @inheritdoc ISumRoots
    function postingCount() external view override returns (uint256) {
        return _postings.length;
    }

    /// @inheritdoc ISumRoots
    function sumOf(bytes32 assertion) external view override returns (uint128 total, bool isProven) {
        Verdict storage verdict = _settled[assertion];
        return (_saturated(verdict.claim.sum.total), verdict.claim.assertion != 0);
    }

    /// @inheritdoc ISumRoots
    function excessOf(bytes32 assertion) external view override returns (uint128 excess, bool isProven) {
        Verdict storage verdict = _settled[assertion];
        excess = _saturated(Math.saturatingSub(verdict.claim.sum.total, verdict.taken));
        return (excess, verdict.claim.assertion != 0);
    }

    /// @inheritdoc ISumRoots
    function settledClaim(bytes32 assertion) external view override returns (Claim memory) {
        return _settled[assertion].claim;
    }

    function _requireOpen(uint256 index) private view returns (Posting storage posting) {
        posting = _postings[index];
        if (posting.status != Status.Open) revert NotOpen(posting.status);
    }

    function _requireDemand(uint256 index, bytes32 hash) private view returns (Demand memory made) {
        made = demands[index][hash];
        if (made.by == address(0)) revert NotDemanded(hash);
    }

    function _requireClaim(Posting storage posting, Claim calldata claim) private view {
        bytes32 actual = keccak256(abi.encode(claim));
        if (actual != posting.claim) revert ClaimMismatch(actual, posting.claim);
    }

    function _requireValue(uint256 required) private view {
        if (msg.value != required) revert WrongValue(msg.value, required);
    }

    function _saturated(uint256 amount) private pure returns (uint128) {
        return uint128(Math.min(amount, type(uint128).max));
    }
}
