// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAssertionGames} from "./IAssertionGames.sol";
import {IExit} from "./IExit.sol";
import {IPortal} from "./IPortal.sol";

/// @title Whether L1 holds what L2 owes, and how far the rollup is from saying so for certain
/// @notice No owner and no push: anyone brings what L2's predeploys recorded to L1 by proof; all else is read from bridge, queue and
/// Inbox at the moment of the question. An asset is an L1 token, or 0 for ether.
/// @dev MONOTONY. `backing` is the least of what the newest proven *confirmed* assertion and the newest proven *standing* one say. So
/// (1) an assertion that is not confirmed can lower it and never raise it; (2) once such a one has a rival or has lost it does not
/// count: one honest assertion undoes a lie, and a liar's hides bad news until the verdict, which `isContested` tells; (3) a newer confirmed record replaces an older one, never the reverse; (4) `held` and
/// `paid` are L1's, so that a payment or a theft shows at once, without any proof; (5) what L1 took in counts as owed from the
/// moment of the deposit; (6) what L2 credited too much, once shown, is owed under all that is built on it, whatever is deposited. A record that nobody renews grows old in `assertedAt`; it never looks fresh.
/// @custom:source docs/spec/13-solvency.md; RULESETS of the field: Chainlink's feeds, ERC-7893.
interface IRollupHealth {
    /// @notice What one assertion says of an asset.
    /// @param assertion Its id; 0 where nothing was proven.
    /// @param place Mutual id of its root edge, where its rivals stand.
    /// @param excess How much more L2 had credited or, if that is more, let go than L1 had taken in by the messages that the state had
    /// consumed, in units of the asset: at least, and no less than what was shown of any record that it stands on.
    /// @param assertedAt L1 seconds of the assertion.
    /// @param l2BlockNumber As its header states.
    struct Record {
        bytes32 assertion;
        bytes32 place;
        uint128 excess;
        uint64 l2BlockNumber;
        uint40 assertedAt;
        bool isConfirmed;
    }

    /// @notice What leads from an assertion to its record. Origin and root make the assertion's id.
    /// @param account Trie nodes to the L2 bridge (a token) or the message passer (ether).
    /// @param book Trie nodes to `books[token]` in the L2 bridge; empty for ether.
    /// @param header Preimage of the output's block hash, which says how many messages the state had consumed. Empty: what L2 credited
    /// is compared with all that L1 has taken in by now, and deposits since then hide what L2 credited too much.
    /// @param noted Count of messages, at least those consumed, at which it is noted what L1 had taken in; of no meaning without header.
    struct Evidence {
        bytes32 origin;
        bytes32 root;
        IPortal.OutputRootProof output;
        bytes[] account;
        bytes[] book;
        bytes header;
        uint256 noted;
    }

    /// @notice A deposit of an asset, as the Inbox had it.
    /// @param index Number of its message. @param data The message's; empty for ether.
    struct Deposit {
        uint256 index;
        IExit.Message message;
        bytes data;
    }

    /// @param held What the bridge holds. @param owed What L2 owes under the record and L1's books.
    /// @param ratio `held / owed` in 1e18, rounded down; 1e18 where nothing is owed.
    /// @param assertedAt L1 seconds of the assertion behind it.
    struct Backing {
        uint256 held;
        uint256 owed;
        uint256 ratio;
        uint64 assertedAt;
        uint64 l2BlockNumber;
    }

    /// @notice How much more ether L2's accounts owned than L1 had taken in, as it was settled of a confirmed assertion.
    /// @param amount Wei. @param assertedAt L1 seconds of the assertion: before it, nothing is said; 0 where none was noted.
    struct Excess {
        uint128 amount;
        uint64 assertedAt;
        uint64 l2BlockNumber;
    }

    /// @notice How the rollup itself is.
    /// @param finalityLag Seconds since the newest proven confirmed assertion was made.
    /// @param isRivalled Whether the newest proven assertion that is not confirmed has a rival itself; `isContested(asset)` knows of its ancestors' too.
    /// @param rivalSeconds Most seconds that a noted rival of it has earned; it wins at `challengePeriod`.
    /// @param batchAge Seconds since the last batch that was noted; since the oracle was made if none was.
    /// @param messageAge Seconds that the oldest message outside of every batch has waited; above `forceDelay` anyone may force it in.
    /// @param dataMode As `IBatchData.dataMode`: 0 where batches are calldata of L1.
    /// @param proofFamilies 1: the fraud proof game alone speaks for the confirmed record; 2, of ether: a proof in zero knowledge adds that
    /// the accounts under its state root hold no more than L1 took in. It does not vouch for the root.
    struct Health {
        uint64 finalityLag;
        bool isRivalled;
        uint40 rivalSeconds;
        uint40 challengePeriod;
        uint64 batchAge;
        uint64 messageAge;
        uint64 forceDelay;
        uint8 dataMode;
        uint8 proofFamilies;
    }

    event RecordProven(
        address indexed asset,
        bytes32 indexed assertion,
        bool isConfirmed,
        uint256 excess,
        uint64 l2BlockNumber
    );
    event StandingDropped(address indexed asset, bytes32 indexed assertion);
    event DisputeNoted(address indexed asset, bytes32 indexed assertion);
    event RivalNoted(bytes32 indexed place, bytes32 indexed rival);
    event TakenNoted(address indexed asset, uint256 indexed count, uint256 amount);
    event ExcessNoted(bytes32 indexed assertion, uint128 amount, uint64 l2BlockNumber);
    event BatchNoted(uint256 indexed index, uint64 l1Time);

    /// @notice The assertion has a rival or has lost.
    error NotStanding(IAssertionGames.Fate fate);
    /// @notice Neither it nor an assertion below it has a rival that is still fought.
    error NotDisputed(IAssertionGames.Fate fate);
    error OutputMismatch(bytes32 actual, bytes32 required);
    /// @notice Not the preimage of the output's block hash.
    error HeaderMismatch(bytes32 actual, bytes32 required);
    /// @notice The state had consumed `required` messages, which may have brought more.
    error NotedTooEarly(uint256 actual, uint256 required);
    error NothingNoted(address asset, uint256 count);
    /// @notice As little is noted already.
    error NotLess(uint256 actual, uint256 required);
    /// @notice Messages are shown in their order, from `first` on and before `end`.
    error NotBetween(uint256 index, uint256 first, uint256 end);
    /// @notice The message is no deposit of that asset.
    error NotADeposit(uint256 index);
    /// @notice What is known is newer and, of the same chain, as much.
    error NotNewer(uint256 actual, uint256 required);
    error NotARival(bytes32 edge);
    error NotConfirmed(bytes32 assertion);
    /// @notice No sum of its accounts is settled.
    error NotSettled(bytes32 assertion);
    error BatchMismatch(bytes32 actual, bytes32 required);
    /// @notice Nothing confirmed was ever proven of this asset: there is nothing to say.
    error NothingProven(address asset);

    /// @notice Brings what an assertion says of an asset to L1, for anyone: a confirmed one, or one that stands without a rival on such.
    /// One that is not newer is taken where it is confirmed, or the same again, and shows a greater excess.
    /// @custom:reverts AssertionNotFound, NotStanding, OutputMismatch, HeaderMismatch, NotedTooEarly, NothingNoted, NotNewer,
    /// TrieProofTraversalError, MalformedHeader.
    /// @custom:gas pinned as "solvency: prove ..." in test/snapshots.
    function prove(address asset, Evidence calldata evidence) external;

    /// @notice Notes for anyone what L1 has taken in of an asset with the messages by now. States that have consumed no more are compared
    /// with it, and what is deposited later hides nothing.
    /// @custom:reverts NotLess.
    /// @custom:gas pinned as "solvency: note what was taken in" in test/snapshots.
    function noteTaken(address asset) external;

    /// @notice Notes what L1 had taken in with the first `count` messages at most: what is noted of `later` less deposits after `count`
    /// that are shown. So a hole can be shown that nobody had noted anything of, in as many calls as it takes.
    /// @param deposits Some or all between both, ascending.
    /// @custom:reverts NothingNoted, NotBetween, MessageMismatch, NotADeposit, NotLess.
    /// @custom:gas pinned as "solvency: note what was taken in, before a deposit" in test/snapshots.
    function noteTakenBefore(address asset, uint256 count, uint256 later, Deposit[] calldata deposits) external;

    /// @notice Forgets the standing record if it, or an assertion below it, has a rival or has lost. `prove` does the same first.
    /// @dev Reading looks at the record's own place alone, to be cheap; a rival further below lets it count, downwards only, till then.
    function drop(address asset) external;

    /// @notice Notes that an assertion, or one below it, has a rival: `isContested` says so until the verdict. An earlier dispute that is not
    /// decided yet stays noted instead. `drop` and `prove` note what they forget for a rival's sake.
    /// @custom:reverts NotDisputed.
    function noteDispute(address asset, uint256 disputeGameIndex) external;

    /// @notice Notes a rival of the asset's standing assertion: the one that has earned most is shown.
    /// @custom:reverts NotARival, NotNewer.
    function noteRival(address asset, bytes32 rivalRoot) external;

    /// @notice Notes what is settled of all accounts' ether under a confirmed assertion, for anyone: an excess counts as owed until a newer
    /// one is noted. What `prove` says of ether leaves out what stands in accounts.
    /// @custom:reverts NotConfirmed, NotSettled, NotNewer.
    /// @custom:gas pinned as "solvency: note an excess" in test/snapshots.
    function noteExcess(uint256 disputeGameIndex) external;

    /// @notice Notes when a batch came, by the preimage of its record; the newest is shown.
    /// @custom:reverts BatchMismatch, NotNewer.
    function noteBatch(
        uint256 index,
        bytes32 previous,
        bytes32 chunksHash,
        uint256 delayedCount,
        uint256 l1Number,
        uint64 l1Time
    ) external;

    /// @notice The backing that a cautious reader goes by: the lesser of confirmed and standing. Its age is the confirmed one's.
    /// @custom:reverts NothingProven.
    /// @custom:gas pinned as "solvency: read ..." in test/snapshots, at most 60,000.
    function backing(address asset) external view returns (Backing memory);

    /// @notice Both apart.
    /// @return confirmed Under the last confirmed root that was proven.
    /// @return standing Under the newest unrivalled one; equal to `confirmed` where there is none.
    function backings(address asset) external view returns (Backing memory confirmed, Backing memory standing);

    /// @notice What is held beyond what is owed; negative where it falls short.
    function surplus(address asset) external view returns (int256);

    /// @notice The rollup's own state, seen from the newest record of this asset.
    function health(address asset) external view returns (Health memory);

    /// @notice Whether what was proven last above the confirmed root, or a dispute that was noted, waits for a verdict; its whole chain of
    /// unconfirmed ancestors is walked. Who can be harmed by news that a rival holds up asks this beside `backing`.
    /// @dev MONOTONY. A liar can make it true, for a stake and until the verdict, and never false.
    function isContested(address asset) external view returns (bool);

    /// @notice The newest excess that was noted; how old it is says `assertedAt`.
    function excess() external view returns (Excess memory);

    /// @notice The records as they count now; zeros where none does.
    function records(address asset) external view returns (Record memory confirmed, Record memory standing);

    /// @notice What L1 had taken in with the first `count` messages, at most, as it was noted.
    /// @custom:reverts NothingNoted.
    function takenAt(address asset, uint256 count) external view returns (uint256);
}
