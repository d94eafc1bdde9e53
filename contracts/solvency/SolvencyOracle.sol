// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {StateProofs} from "../bridge/StateProofs.sol";
import {Traps} from "../bridge/Traps.sol";
import {Withdrawals} from "../bridge/Withdrawals.sol";
import {Names} from "../games/shared/Names.sol";
import {Aliasing} from "../inbox/Aliasing.sol";
import {Chunks} from "../inbox/Chunks.sol";
import {IAssertionGames} from "../interfaces/IAssertionGames.sol";
import {IInbox} from "../interfaces/IInbox.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {IProvenSum} from "../interfaces/IProvenSum.sol";
import {IRollupHealth} from "../interfaces/IRollupHealth.sol";
import {ISumRoots} from "../interfaces/ISumRoots.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {ITokenBridge} from "../interfaces/ITokenBridge.sol";
import {Predeploys} from "../l2/Predeploys.sol";
import {Headers} from "../settlement/Headers.sol";

/// @title SolvencyOracle
/// @dev For an asset, L2 owes `taken + excess - paid`: `taken` is what L1 ever took in, deposits under way included, `paid` what it ever
/// paid out, and `excess` what L2 credited, or let go if that is more, beyond what L1 had taken in by the messages that the proven state
/// had consumed. In a true state of a right program there is none; whatever is credited twice, or without a deposit, or withdrawn
/// twice, is owed on top, and no later deposit pays for it.
/// NOTE: no predeploy counts the ether in L2's accounts; of ether, what was let go is all that withdrawals have ever taken out of them,
/// until somebody proves the sum of all accounts, in zero knowledge (`sums`) or as a claim that stood its window (`roots`, `noteExcess`).
contract SolvencyOracle is IRollupHealth {
    using SafeCast for uint256;
    using Withdrawals for IPortal.OutputRootProof;

    /// @dev Of `books` in the L2 bridge.
    uint256 private constant BOOKS_SLOT = 1;
    bytes32 private constant TAG_BATCH = keccak256("solvent.batch");
    address private constant ETHER = address(0);

    struct Rival {
        bytes32 place;
        bytes32 edge;
    }

    IPortal public immutable portal;
    ITokenBridge public immutable tokenBridge;
    ISettlement public immutable queue;
    IInbox public immutable inbox;
    /// @dev Of ether, by a second family of proofs; 0 where there is none.
    IProvenSum public immutable sums;
    /// @dev Of ether, settled sums of all accounts; 0 where there are none.
    ISumRoots public immutable roots;
    /// @dev Of the trees of level 0.
    uint8 private immutable HEIGHT;

    /// @dev Which of both is the confirmed one says the second's `isConfirmed`. A standing record that is confirmed stays where it is, for
    /// to move it may cost 66,000 gas: the next takes the other's place.
    mapping(address asset => Record[2]) private _records;
    /// @dev One more than what L1 had taken in at most, with the first `count` messages; 0 where nothing was noted.
    mapping(address asset => mapping(uint256 count => uint256)) private _noted;
    mapping(address asset => Rival) private _rivals;
    /// @dev An assertion that waits for a verdict, or did.
    mapping(address asset => bytes32 assertion) private _disputed;
    Excess private _excess;
    uint64 private _lastBatchTime;
    uint192 private _lastBatchIndex;

    /// @param tokenBridge_ Names the portal, and the portal the rest.
    /// @param sums_ Proven sums of ether over the same portal, or 0.
    /// @param roots_ Settled sums over the same portal, or 0.
    constructor(ITokenBridge tokenBridge_, IProvenSum sums_, ISumRoots roots_) {
        tokenBridge = tokenBridge_;
        sums = sums_;
        roots = roots_;
        portal = tokenBridge_.portal();
        queue = ISettlement(address(portal.disputeGameFactory()));
        inbox = portal.inbox();
        HEIGHT = queue.heightOf(0);
        _lastBatchTime = block.timestamp.toUint64();
    }

    /// @inheritdoc IRollupHealth
    function prove(address asset, Evidence calldata evidence) external override {
        bytes32 place = Names.assertionPlace(evidence.origin, HEIGHT);
        ISettlement.Assertion memory assertion = queue.assertionOf(Names.assertionId(place, evidence.root));
        (IAssertionGames.Fate fate, ) = queue.fateOf(assertion.id);
        bool isConfirmed = fate == IAssertionGames.Fate.Won;
        if (!isConfirmed && fate != IAssertionGames.Fate.Standing) revert NotStanding(fate);
        bytes32 outputRoot = evidence.output.outputRoot();
        if (outputRoot != assertion.outputRoot) revert OutputMismatch(outputRoot, assertion.outputRoot);

        _renewStanding(asset);
        (uint40 createdAt, ) = queue.proposalOf(assertion.id);
        Record memory record = Record(assertion.id, place, 0, assertion.l2BlockNumber, createdAt, isConfirmed);
        record.excess = uint128(
            Math.max(_provenExcess(asset, evidence), _excessBelow(asset, record, assertion.parent))
        );
        _keep(asset, record);
        emit RecordProven(asset, record.assertion, isConfirmed, record.excess, record.l2BlockNumber);
    }

    /// @inheritdoc IRollupHealth
    function drop(address asset) external override {
        _renewStanding(asset);
    }

    /// @inheritdoc IRollupHealth
    function noteTaken(address asset) external override {
        _noteTaken(asset, inbox.delayedCount(), _takenNow(asset));
    }

    /// @inheritdoc IRollupHealth
    function noteTakenBefore(
        address asset,
        uint256 count,
        uint256 later,
        Deposit[] calldata deposits
    ) external override {
        if (count >= later) revert NotBetween(count, 0, later);
        uint256 amount = _takenAt(asset, later);
        uint256 next = count;
        for (uint256 i = 0; i < deposits.length; ++i) {
            Deposit calldata deposit = deposits[i];
            if (deposit.index < next || deposit.index >= later) revert NotBetween(deposit.index, next, later);
            next = deposit.index + 1;
            Traps.requireUnconsumed(deposit.message, inbox, deposit.index, count);
            amount -= _amountOf(asset, deposit);
        }
        _noteTaken(asset, count, amount);
    }

    /// @inheritdoc IRollupHealth
    function noteDispute(address asset, uint256 disputeGameIndex) external override {
        (, , address game) = queue.gameAtIndex(disputeGameIndex);
        bytes32 assertion = queue.assertionOfGame(game).id;
        (IAssertionGames.Fate fate, ) = queue.fateOf(assertion);
        if (fate != IAssertionGames.Fate.Rivalled) revert NotDisputed(fate);
        _noteDispute(asset, assertion);
    }

    /// @inheritdoc IRollupHealth
    function noteRival(address asset, bytes32 rivalRoot) external override {
        (, Record memory standing) = _kept(asset);
        bytes32 edge = Names.assertionId(standing.place, rivalRoot);
        (uint40 created, ) = queue.proposalOf(edge);
        bool isRival = edge != standing.assertion && created != 0;
        if (!isRival) revert NotARival(edge);
        Rival memory known = _rivals[asset];
        if (known.place == standing.place) {
            uint40 most = queue.timerOf(known.edge, known.place);
            uint40 seconds_ = queue.timerOf(edge, standing.place);
            if (seconds_ <= most) revert NotNewer(seconds_, most);
        }
        _rivals[asset] = Rival(standing.place, edge);
        emit RivalNoted(standing.place, edge);
    }

    /// @inheritdoc IRollupHealth
    function noteExcess(uint256 disputeGameIndex) external override {
        (, uint64 createdAt, address game) = queue.gameAtIndex(disputeGameIndex);
        ISettlement.Assertion memory assertion = queue.assertionOfGame(game);
        if (!queue.isAssertionConfirmed(assertion.id)) revert NotConfirmed(assertion.id);
        if (address(roots) == address(0)) revert NotSettled(assertion.id);
        (uint128 amount, bool isProven) = roots.excessOf(assertion.id);
        if (!isProven) revert NotSettled(assertion.id);
        Excess memory known = _excess;
        uint64 number = assertion.l2BlockNumber;
        if (number <= known.l2BlockNumber) revert NotNewer(number, known.l2BlockNumber);
        _excess = Excess(amount, createdAt, number);
        emit ExcessNoted(assertion.id, amount, number);
    }

    /// @inheritdoc IRollupHealth
    function noteBatch(
        uint256 index,
        bytes32 previous,
        bytes32 chunksHash,
        uint256 delayedCount,
        uint256 l1Number,
        uint64 l1Time
    ) external override {
        bytes32 actual = keccak256(abi.encode(TAG_BATCH, previous, chunksHash, delayedCount, l1Number, l1Time));
        bytes32 required = inbox.batchRecord(index);
        if (actual != required) revert BatchMismatch(actual, required);
        // The count is one more than the index, so that the first batch is newer than none.
        if (index + 1 <= _lastBatchIndex) revert NotNewer(index + 1, _lastBatchIndex);
        _lastBatchIndex = uint192(index + 1);
        _lastBatchTime = l1Time;
        emit BatchNoted(index, l1Time);
    }

    /// @inheritdoc IRollupHealth
    function backing(address asset) public view override returns (Backing memory) {
        (Backing memory confirmed, Backing memory standing) = backings(asset);
        if (standing.ratio >= confirmed.ratio) return confirmed;
        // A lie may only make it worse: it lends no freshness.
        (standing.assertedAt, standing.l2BlockNumber) = (confirmed.assertedAt, confirmed.l2BlockNumber);
        return standing;
    }

    /// @inheritdoc IRollupHealth
    function backings(address asset) public view override returns (Backing memory confirmed, Backing memory standing) {
        (Record memory last, Record memory next) = _current(asset);
        if (last.assertion == 0) revert NothingProven(asset);
        (uint256 held, uint256 taken, uint256 paid) = _booksOnL1(asset);
        confirmed = _backing(asset, last, held, taken, paid);
        standing = next.assertion == 0 ? confirmed : _backing(asset, next, held, taken, paid);
    }

    /// @inheritdoc IRollupHealth
    function surplus(address asset) external view override returns (int256) {
        Backing memory now_ = backing(asset);
        return now_.held.toInt256() - now_.owed.toInt256();
    }

    /// @inheritdoc IRollupHealth
    function health(address asset) external view override returns (Health memory state) {
        (Record memory last, ) = _current(asset);
        if (last.assertion == 0) revert NothingProven(asset);
        (, Record memory next) = _kept(asset);
        bool isOpen = next.assertion != 0 && !queue.isAssertionConfirmed(next.assertion);
        state.finalityLag = (block.timestamp - last.assertedAt).toUint64();
        state.isRivalled = isOpen && queue.isChallenged(next.assertion, next.place);
        Rival memory rival = _rivals[asset];
        if (state.isRivalled && rival.place == next.place) {
            state.rivalSeconds = queue.timerOf(rival.edge, rival.place);
        }
        state.challengePeriod = queue.challengePeriod();
        state.batchAge = (block.timestamp - _lastBatchTime).toUint64();
        uint256 oldest = inbox.consumedCount();
        if (oldest < inbox.delayedCount()) state.messageAge = (block.timestamp - inbox.messageTime(oldest)).toUint64();
        state.forceDelay = inbox.forceDelay();
        state.dataMode = inbox.dataMode();
        bool hasSums = asset == ETHER && address(sums) != address(0);
        state.proofFamilies = hasSums && sums.isCovered(last.assertion) ? 2 : 1;
    }

    /// @inheritdoc IRollupHealth
    function isContested(address asset) external view override returns (bool) {
        (, Record storage standing) = _kept(asset);
        return _isDisputed(standing.assertion) || _isDisputed(_disputed[asset]);
    }

    /// @inheritdoc IRollupHealth
    function excess() external view override returns (Excess memory) {
        return _excess;
    }

    /// @inheritdoc IRollupHealth
    function records(address asset) external view override returns (Record memory confirmed, Record memory standing) {
        return _current(asset);
    }

    /// @inheritdoc IRollupHealth
    function takenAt(address asset, uint256 count) external view override returns (uint256) {
        return _takenAt(asset, count);
    }

    /// @dev Forgets a standing record that has a rival or a loser below it, and takes one that has won for the confirmed one; the walk is as
    /// long as its chain of unconfirmed ancestors.
    function _renewStanding(address asset) private {
        (Record storage last, Record storage next) = _kept(asset);
        bytes32 assertion = next.assertion;
        if (assertion == 0 || !_isNewer(next.l2BlockNumber, last)) return;
        (IAssertionGames.Fate fate, ) = queue.fateOf(assertion);
        if (fate == IAssertionGames.Fate.Standing) return;
        if (fate == IAssertionGames.Fate.Won) {
            (next.isConfirmed, last.isConfirmed) = (true, false);
            return;
        }
        delete _records[asset][_confirmedAt(asset) ^ 1];
        emit StandingDropped(asset, assertion);
        if (fate == IAssertionGames.Fate.Rivalled) _noteDispute(asset, assertion);
    }

    /// @dev The newest takes its predecessor's place. An older one of the confirmed chain, or the same again, only adds to what is known.
    function _keep(address asset, Record memory record) private {
        (Record storage known, Record storage next) = _kept(asset);
        if (!record.isConfirmed && next.assertion != 0 && _isNewer(next.l2BlockNumber, known)) known = next;
        if (_isNewer(record.l2BlockNumber, known)) {
            uint256 which = _confirmedAt(asset);
            _records[asset][record.isConfirmed ? which : which ^ 1] = record;
            return;
        }
        bool isOfChain = record.isConfirmed || record.assertion == known.assertion;
        if (!isOfChain || record.excess <= known.excess) revert NotNewer(record.l2BlockNumber, known.l2BlockNumber);
        known.excess = record.excess;
    }

    /// @dev Keeps the least that was shown.
    function _noteTaken(address asset, uint256 count, uint256 amount) private {
        uint256 noted = Math.saturatingAdd(amount, 1);
        uint256 known = _noted[asset][count];
        if (known != 0 && known <= noted) revert NotLess(amount, known - 1);
        _noted[asset][count] = noted;
        emit TakenNoted(asset, count, amount);
    }

    /// @dev The earlier one stays while it is open: nothing above it can stand, so that a later one is below it or part of it.
    function _noteDispute(address asset, bytes32 assertion) private {
        if (_isDisputed(_disputed[asset])) return;
        _disputed[asset] = assertion;
        emit DisputeNoted(asset, assertion);
    }

    function _isDisputed(bytes32 assertion) private view returns (bool) {
        if (assertion == 0) return false;
        (IAssertionGames.Fate fate, ) = queue.fateOf(assertion);
        return fate == IAssertionGames.Fate.Rivalled;
    }

    /// @dev By their places; one that is not newer than the confirmed one stands no more.
    function _kept(address asset) private view returns (Record storage last, Record storage next) {
        uint256 which = _confirmedAt(asset);
        return (_records[asset][which], _records[asset][which ^ 1]);
    }

    function _confirmedAt(address asset) private view returns (uint256) {
        return _records[asset][1].isConfirmed ? 1 : 0;
    }

    function _isNewer(uint64 number, Record storage known) private view returns (bool) {
        return number > known.l2BlockNumber || known.assertion == 0;
    }

    /// @dev The records as they count now; zeros where there is none.
    function _current(address asset) private view returns (Record memory last, Record memory next) {
        (Record storage confirmed, Record storage standing, bool isStanding) = _counted(asset);
        last = confirmed;
        if (isStanding) next = standing;
    }

    /// @dev A standing record that was confirmed meanwhile takes the other's place, one with a rival or beside a winner counts no more. One
    /// read of its own place, no walk: what is wrong further below only keeps the answer low until `drop`.
    function _counted(address asset) private view returns (Record storage last, Record storage next, bool isStanding) {
        (last, next) = _kept(asset);
        bytes32 assertion = next.assertion;
        if (assertion == 0 || !_isNewer(next.l2BlockNumber, last)) return (last, next, false);
        if (!queue.isAssertionConfirmed(assertion)) return (last, next, !queue.isChallenged(assertion, next.place));
        last = next;
    }

    /// @dev What L2 has credited too much stays so in all that is built on it. Confirmed assertions are one chain, and so are those that stand on it.
    function _excessBelow(address asset, Record memory record, bytes32 parent) private view returns (uint128 excess_) {
        (Record storage last, Record storage next) = _kept(asset);
        excess_ = last.excess;
        bool isPossible = !record.isConfirmed && next.excess > excess_ && _isNewer(next.l2BlockNumber, last);
        if (!isPossible) return excess_;
        for (; !queue.isAssertionConfirmed(parent); parent = queue.assertionOf(parent).parent) {
            if (parent == next.assertion) return next.excess;
        }
    }

    function _provenExcess(address asset, Evidence calldata evidence) private view returns (uint256) {
        uint256 taken = evidence.header.length == 0 ? _takenNow(asset) : _takenByThen(asset, evidence);
        return Math.saturatingSub(_claimed(asset, evidence), taken);
    }

    /// @dev At most what L1 had taken in with the messages that the state has consumed.
    function _takenByThen(address asset, Evidence calldata evidence) private view returns (uint256) {
        bytes32 hash = keccak256(evidence.header);
        if (hash != evidence.output.latestBlockhash) revert HeaderMismatch(hash, evidence.output.latestBlockhash);
        uint64 consumed = Headers.delayedCount(evidence.header);
        if (evidence.noted < consumed) revert NotedTooEarly(evidence.noted, consumed);
        return _takenAt(asset, evidence.noted);
    }

    function _takenAt(address asset, uint256 count) private view returns (uint256) {
        uint256 noted = _noted[asset][count];
        if (noted == 0) revert NothingNoted(asset, count);
        return noted - 1;
    }

    function _takenNow(address asset) private view returns (uint256) {
        return asset == ETHER ? portal.deposited() : tokenBridge.deposited(asset);
    }

    /// @dev Only `depositToken` sends from the bridge, so the data is what it made.
    function _amountOf(address asset, Deposit calldata deposit) private view returns (uint256 amount) {
        if (asset == ETHER) return deposit.message.mint;
        bool isOurs =
            deposit.message.sender == Aliasing.alias_(address(tokenBridge)) &&
                deposit.message.dataHash == Chunks.hash(deposit.data);
        if (!isOurs) revert NotADeposit(deposit.index);
        address token;
        (token, , , , amount) = abi.decode(deposit.data[4:], (address, address, address, address, uint256));
        if (token != asset) revert NotADeposit(deposit.index);
    }

    function _claimed(address asset, Evidence calldata evidence) private pure returns (uint128) {
        bytes32 stateRoot = evidence.output.stateRoot;
        if (asset == ETHER) {
            // Ether that was withdrawn stays in the passer for good.
            uint256 balance = StateProofs.account(stateRoot, Predeploys.MESSAGE_PASSER, evidence.account).balance;
            return uint128(Math.min(balance, type(uint128).max));
        }
        bytes32 books = StateProofs.account(stateRoot, Predeploys.L2_BRIDGE, evidence.account).storageRoot;
        uint256 book = StateProofs.slot(books, StateProofs.mappingSlot(asset, BOOKS_SLOT), evidence.book);
        return uint128(Math.max(uint128(book), book >> 128));
    }

    function _booksOnL1(address asset) private view returns (uint256 held, uint256 taken, uint256 paid) {
        taken = _takenNow(asset);
        if (asset == ETHER) {
            held = address(portal).balance;
            // Ether that was forced in counts as not paid out: that errs to the safe side.
            paid = Math.saturatingSub(taken, held);
        } else {
            held = IERC20(asset).balanceOf(address(tokenBridge));
            paid = taken - tokenBridge.escrow(asset);
        }
    }

    function _backing(
        address asset,
        Record memory record,
        uint256 held,
        uint256 taken,
        uint256 paid
    ) private view returns (Backing memory) {
        uint256 beyond = asset == ETHER ? _withSums(record) : record.excess;
        uint256 owed = Math.saturatingSub(Math.saturatingAdd(taken, beyond), paid);
        uint256 ratio = owed == 0 ? 1e18 : Math.mulDiv(held, 1e18, owed);
        return Backing(held, owed, ratio, record.assertedAt, record.l2BlockNumber);
    }

    /// @dev Sums have what stands in accounts, too, which no predeploy counts.
    function _withSums(Record memory record) private view returns (uint256 most) {
        most = Math.max(record.excess, _excess.amount);
        if (address(sums) == address(0)) return most;
        (uint128 proven, ) = sums.excessOf(record.assertion);
        return Math.max(most, proven);
    }
}
