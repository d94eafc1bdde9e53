// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {StateProofs} from "../bridge/StateProofs.sol";
import {Withdrawals} from "../bridge/Withdrawals.sol";
import {Names} from "../games/shared/Names.sol";
import {IAssertionGames} from "../interfaces/IAssertionGames.sol";
import {IInbox} from "../interfaces/IInbox.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {IProvenSum} from "../interfaces/IProvenSum.sol";
import {IRollupHealth} from "../interfaces/IRollupHealth.sol";
import {ISumRoots} from "../interfaces/ISumRoots.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {ITokenBridge} from "../interfaces/ITokenBridge.sol";
import {Predeploys} from "../l2/Predeploys.sol";

/// @title SolvencyOracle
/// @dev For an asset, L2 owes `max(claimed, taken) - paid`: `taken` is what L1 ever took in, deposits under way included, `paid` what it
/// ever paid out, and `claimed` what L2 says was ever credited there, or let go if that is more. In a true state of a right program
/// `claimed <= taken`; whatever is credited twice, or without a deposit, or withdrawn twice, is owed on top.
/// NOTE: no predeploy counts the ether in L2's accounts; of ether, `claimed` is what withdrawals have ever taken out of them, until
/// somebody proves the sum of all accounts, in zero knowledge (`sums`) or as a claim that stood its window (`roots`, by `noteExcess`).
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

    mapping(address asset => Record) private _confirmed;
    mapping(address asset => Record) private _standing;
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
        (, uint64 createdAt, address game) = queue.gameAtIndex(evidence.disputeGameIndex);
        ISettlement.Assertion memory assertion = queue.assertionOfGame(game);
        (IAssertionGames.Fate fate, ) = queue.fateOf(assertion.id);
        bool isConfirmed = fate == IAssertionGames.Fate.Won;
        if (!isConfirmed && fate != IAssertionGames.Fate.Standing) revert NotStanding(fate);
        bytes32 place = Names.assertionPlace(evidence.origin, HEIGHT);
        bytes32 actual = Names.assertionId(place, evidence.root);
        if (actual != assertion.id) revert PlaceMismatch(actual, assertion.id);
        bytes32 outputRoot = evidence.output.outputRoot();
        if (outputRoot != assertion.outputRoot) revert OutputMismatch(outputRoot, assertion.outputRoot);

        _dropFallen(asset);
        uint64 number = assertion.l2BlockNumber;
        _requireNewer(asset, number, isConfirmed);
        uint128 claimed = _claimed(asset, evidence);
        Record memory record = Record(assertion.id, place, claimed, createdAt, number);
        if (isConfirmed) _confirmed[asset] = record;
        else _standing[asset] = record;
        emit RecordProven(asset, assertion.id, isConfirmed, claimed, number);
    }

    /// @inheritdoc IRollupHealth
    function drop(address asset) external override {
        _dropFallen(asset);
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
        Record memory standing = _standing[asset];
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
        confirmed = _backing(_withSum(asset, last), held, taken, paid);
        standing = next.assertion == 0 ? confirmed : _backing(_withSum(asset, next), held, taken, paid);
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
        Record memory next = _standing[asset];
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
        return _isDisputed(_standing[asset].assertion) || _isDisputed(_disputed[asset]);
    }

    /// @inheritdoc IRollupHealth
    function excess() external view override returns (Excess memory) {
        return _excess;
    }

    /// @inheritdoc IRollupHealth
    function records(address asset) external view override returns (Record memory confirmed, Record memory standing) {
        return (_confirmed[asset], _standing[asset]);
    }

    /// @dev Forgets a standing record that has a rival or a loser below it; the walk is as long as its chain of unconfirmed ancestors.
    function _dropFallen(address asset) private {
        bytes32 assertion = _standing[asset].assertion;
        if (assertion == 0) return;
        (IAssertionGames.Fate fate, ) = queue.fateOf(assertion);
        if (fate == IAssertionGames.Fate.Standing || fate == IAssertionGames.Fate.Won) return;
        delete _standing[asset];
        emit StandingDropped(asset, assertion);
        if (fate == IAssertionGames.Fate.Rivalled) _noteDispute(asset, assertion);
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

    function _requireNewer(address asset, uint64 number, bool isConfirmed) private view {
        (Record storage last, Record storage next, bool isStanding) = _counted(asset);
        bool isAgainstLast = isConfirmed || !isStanding;
        uint64 known = isAgainstLast ? last.l2BlockNumber : next.l2BlockNumber;
        bool isFirst = isAgainstLast && last.assertion == 0;
        if (!isFirst && number <= known) revert NotNewer(number, known);
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
        (last, next) = (_confirmed[asset], _standing[asset]);
        bytes32 assertion = next.assertion;
        if (assertion == 0) return (last, next, false);
        if (!queue.isAssertionConfirmed(assertion)) return (last, next, !queue.isChallenged(assertion, next.place));
        if (next.l2BlockNumber > last.l2BlockNumber || last.assertion == 0) last = next;
    }

    /// @dev A proven sum has what stands in accounts, too, which no predeploy counts.
    function _withSum(address asset, Record memory record) private view returns (Record memory) {
        if (asset != ETHER || address(sums) == address(0)) return record;
        (uint128 total, ) = sums.sumOf(record.assertion);
        if (total > record.claimed) record.claimed = total;
        return record;
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
        if (asset == ETHER) {
            held = address(portal).balance;
            taken = portal.deposited();
            // Ether that was forced in counts as not paid out: that errs to the safe side.
            paid = Math.saturatingSub(taken, held);
            // What was created on L2 is owed as if it had been taken in, whatever is deposited later.
            taken += _excess.amount;
        } else {
            held = IERC20(asset).balanceOf(address(tokenBridge));
            taken = tokenBridge.deposited(asset);
            paid = taken - tokenBridge.escrow(asset);
        }
    }

    function _backing(
        Record memory record,
        uint256 held,
        uint256 taken,
        uint256 paid
    ) private pure returns (Backing memory) {
        uint256 owed = Math.saturatingSub(Math.max(record.claimed, taken), paid);
        uint256 ratio = owed == 0 ? 1e18 : Math.mulDiv(held, 1e18, owed);
        return Backing(held, owed, ratio, record.assertedAt, record.l2BlockNumber);
    }
}
