// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPortal} from "./IPortal.sol";
import {ISettlement} from "./ISettlement.sol";

/// @title What L2 owes in ether, account by account: roots of the sum trie over a state, posted by anyone
/// @notice A *claim* says that the accounts under a state root own `total` wei, and `hash` commits to the sums of all parts. It is a function
/// of the state, so whoever has the state knows whether it is true. A false one falls by one transaction: trie nodes and records that
/// lead to the place where it differs (`refute`). Where a record is not known, anyone demands it; a record that nobody shows in time
/// takes the claim down. What nobody could take down within the window is settled, for good.
/// @dev SAFETY: needs one party with the state that looks within every window. A claim about a state that nobody knows cannot be judged,
/// so it names an assertion: the state of a true one is known to all, and a false one is not confirmed.
/// @custom:source docs/spec/20-liabilities.md.
interface ISumRoots {
    /// @notice What stands beside a node of the state trie.
    /// @param hash Of the record of a branch; 0 for a leaf.
    /// @param total Wei of all accounts below.
    struct Sum {
        bytes32 hash;
        uint256 total;
    }

    /// @param assertion Id of an assertion whose output root has this state root.
    struct Claim {
        bytes32 assertion;
        bytes32 stateRoot;
        Sum sum;
    }

    enum Status {
        None,
        Open,
        Fallen,
        Settled
    }

    /// @notice What a walk down state and sums finds. From `WrongLeaf` on: that the claim is false.
    enum Finding {
        Open,
        Counted,
        Absent,
        WrongLeaf,
        NoRecord,
        WrongTotal,
        WrongChild
    }

    /// @param claim keccak256(abi.encode(claim)).
    /// @param settlesAt L1 seconds, if no demand is open then.
    /// @param taken Wei that L1 had ever taken in when it was posted.
    struct Posting {
        bytes32 claim;
        address poster;
        uint64 settlesAt;
        uint24 demands;
        Status status;
        uint128 taken;
    }

    struct Demand {
        address by;
        uint64 answerBy;
    }

    event Posted(
        uint256 indexed index,
        bytes32 indexed assertion,
        bytes32 indexed stateRoot,
        bytes32 hash,
        uint256 total,
        address poster
    );
    event Demanded(uint256 indexed index, bytes32 indexed hash, address by, uint64 answerBy);
    /// @notice A record is on L1: nobody need demand it again, under whatever claim.
    event Opened(uint256 indexed index, bytes32 indexed hash, bytes record);
    /// @param finding `Open` where a demand lapsed.
    event Fell(uint256 indexed index, Finding finding, address by);
    event Settled(uint256 indexed index, bytes32 indexed assertion, uint256 total);

    error BadParameter(bytes32 name);
    error WrongValue(uint256 actual, uint256 required);
    error OutputMismatch(bytes32 actual, bytes32 required);
    error ClaimMismatch(bytes32 actual, bytes32 required);
    error NotOpen(Status status);
    error NodeMismatch(bytes32 actual, bytes32 required);
    /// @notice No record with this hash was given.
    error RecordMismatch(bytes32 required);
    /// @notice The walk found nothing wrong.
    error NoLie(Finding finding);
    /// @notice There is no branch, its record was shown, or somebody waits for it already.
    error NothingToDemand(bytes32 hash);
    error NotDemanded(bytes32 hash);
    /// @notice So many demands wait for an answer.
    error DemandsOpen(uint256 count);
    /// @notice The claim has not fallen: what was demanded of it is owed an answer.
    error NotFallen(Status status);
    error TooEarly(uint256 actual, uint256 required);
    error TooLate(uint256 actual, uint256 required);
    /// @notice Nothing is settled of this assertion's state.
    error NotSettled(bytes32 assertion);
    /// @notice The proof does not lead to an account that is counted, or to where it would be.
    error NotCounted(Finding finding);

    /// @notice Posts a claim about the state that an assertion names, with `bond`.
    /// @param output Preimage of the assertion's output root.
    /// @custom:reverts WrongValue, OutputMismatch.
    /// @custom:gas pinned as "sums: post" in test/snapshots.
    function post(
        uint256 disputeGameIndex,
        IPortal.OutputRootProof calldata output,
        Sum calldata sum
    ) external payable returns (uint256 index);

    /// @notice Takes a false claim down and pays half of its bond to the caller; the other half stays here for good, so that nobody
    /// takes down an own lie for nothing.
    /// @param key The nibbles to go by; 32 bytes, filled up with anything.
    /// @param nodes Trie nodes from the state root to where the sums are wrong.
    /// @param records Of the branches among them.
    /// @custom:reverts NotOpen, ClaimMismatch, NodeMismatch, RecordMismatch, NoLie.
    /// @custom:gas pinned as "sums: refute ..." in test/snapshots.
    function refute(
        uint256 index,
        Claim calldata claim,
        bytes32 key,
        bytes[] calldata nodes,
        bytes[] calldata records
    ) external;

    /// @notice Demands the record of a branch, for `demandPrice`, which goes to who shows it.
    /// @param path Which child is taken at each record; no record demands that of the root.
    /// @custom:reverts NotOpen, TooLate, WrongValue, ClaimMismatch, RecordMismatch, NothingToDemand.
    function demand(
        uint256 index,
        Claim calldata claim,
        bytes[] calldata records,
        uint8[] calldata path
    ) external payable;

    /// @notice Shows a record that was demanded, by anyone. Who demanded has `answerTime` to go on from there.
    /// @custom:reverts NotOpen, RecordMismatch, NotDemanded.
    function open(uint256 index, bytes calldata record) external;

    /// @notice Takes a claim down whose record nobody showed in time. Half of the bond and the price go to who demanded.
    /// @custom:reverts NotOpen, NotDemanded, TooEarly.
    function lapse(uint256 index, bytes32 hash) external;

    /// @notice Pays back what was demanded of a claim that fell otherwise.
    /// @custom:reverts NotFallen, NotDemanded.
    function reclaim(uint256 index, bytes32 hash) external;

    /// @notice Settles a claim whose window has passed, and pays its bond back. Of one assertion the first counts.
    /// @custom:reverts NotOpen, ClaimMismatch, TooEarly, DemandsOpen.
    function settle(uint256 index, Claim calldata claim) external;

    /// @notice The ether of all accounts under an assertion's state root, the message passer included; at most 2^128 - 1, which stands for
    /// all above.
    /// @return total In wei.
    /// @return isProven False where nothing is settled.
    function sumOf(bytes32 assertion) external view returns (uint128 total, bool isProven);

    /// @notice How much more the accounts own than L1 had ever taken in when the claim was posted: at least that much was created on L2 out
    /// of nothing. Told from below, by what was deposited between the state and the posting: post early.
    /// @return excess In wei, at most 2^128 - 1.
    /// @return isProven False where nothing is settled.
    function excessOf(bytes32 assertion) external view returns (uint128 excess, bool isProven);

    /// @notice What is settled of an assertion's state; zeros where nothing is.
    function settledClaim(bytes32 assertion) external view returns (Claim memory);

    /// @notice The balance with which an account is counted in the settled total; 0 where the state has no such account.
    /// @param nodes As eth_getProof gives them. @param records Of the branches among them.
    /// @custom:reverts NotSettled, NodeMismatch, RecordMismatch, NotCounted.
    /// @custom:gas pinned as "sums: check a leaf ..." in test/snapshots.
    function balanceIn(
        bytes32 assertion,
        address account,
        bytes[] calldata nodes,
        bytes[] calldata records
    ) external view returns (uint256);

    function postings(uint256 index) external view returns (Posting memory);

    function postingCount() external view returns (uint256);

    function portal() external view returns (IPortal);

    function queue() external view returns (ISettlement);

    /// @notice Wei behind a claim; at least 64 prices, so that half of it pays the longest way down.
    function bond() external view returns (uint256);

    /// @notice Wei that a demand costs.
    function demandPrice() external view returns (uint256);

    /// @notice Seconds in which a claim can be taken down, at least; each record that is shown leaves `answerTime` more.
    function window() external view returns (uint64);

    function answerTime() external view returns (uint64);
}
