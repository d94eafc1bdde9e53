// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {ISumRoots} from "../interfaces/ISumRoots.sol";

/// @title SumTrie: the state trie with a sum of balances beside each of its nodes
/// @notice Of a leaf the pair `{hash, total}` is `{0, balance}`; of a branch `total` is the sum over its children and `hash` that of its
/// *record*, the 16 pairs of its children (zeros where there is none) behind a tag; an extension has the pair of what it leads to.
/// So the pair of the root is a function of the state, and has no order, no padding and no count of leaves to lie about.
/// @custom:source docs/spec/20-liabilities.md#sum. Twin: `walkSumTrie` in protocol/liability.ts, equal by test/contracts/sumRoots.test.ts.
library SumTrie {
    using Memory for *;
    using RLP for *;

    bytes32 private constant TAG_SUM = keccak256("solvent.sum");
    uint256 private constant WIDTH = 16;
    uint256 private constant PAIR_BYTES = 64;
    uint256 private constant BALANCE_FIELD = 1;
    uint256 private constant KEY_NIBBLES = 64;

    /// @notice Hash of a record. Reverts with RecordMismatch unless it has 16 pairs.
    function hashRecord(bytes calldata record) internal pure returns (bytes32) {
        if (record.length != WIDTH * PAIR_BYTES) revert ISumRoots.RecordMismatch(0);
        return keccak256(abi.encodePacked(TAG_SUM, record));
    }

    /// @notice Goes down the state trie by the nibbles of `key`, and down the sums beside it, as far as the nodes lead.
    /// @param nodes RLP of the trie's nodes, from the root, each behind its hash.
    /// @param records Of the branches among them, in their order; one that is found wrong without its record needs none.
    /// @return finding What is wrong with the sums, or where the key's account is counted; `Open` where the nodes end before either.
    /// @return balance Of the leaf, for `Counted`.
    function walk(
        bytes32 stateRoot,
        ISumRoots.Sum memory sum,
        bytes32 key,
        bytes[] calldata nodes,
        bytes[] calldata records
    ) internal pure returns (ISumRoots.Finding finding, uint256 balance) {
        bytes32 node = stateRoot;
        uint256 depth = 0;
        uint256 used = 0;
        for (uint256 i = 0; i < nodes.length; ++i) {
            bytes32 actual = keccak256(nodes[i]);
            if (actual != node) revert ISumRoots.NodeMismatch(actual, node);
            Memory.Slice[] memory items = nodes[i].decodeList();
            if (items.length != 2) {
                if (sum.hash == 0) return (ISumRoots.Finding.NoRecord, 0);
                bytes calldata record = _recordAt(records, used++, sum.hash);
                finding = _checkRecord(items, sum.total, record);
                if (finding != ISumRoots.Finding.Open) return (finding, 0);
                uint256 nibble = _nibble(key, depth++);
                if (_isEmpty(items[nibble])) return (ISumRoots.Finding.Absent, 0);
                sum = pairAt(record, nibble);
                node = items[nibble].readBytes32();
                continue;
            }
            bytes memory path = items[0].readBytes();
            (bool isLeaf, bool isOnKey, uint256 end) = _follow(path, key, depth);
            if (isLeaf) {
                balance = items[1].readBytes().decodeList()[BALANCE_FIELD].readUint256();
                if (sum.hash != 0 || sum.total != balance) return (ISumRoots.Finding.WrongLeaf, balance);
                return isOnKey ? (ISumRoots.Finding.Counted, balance) : (ISumRoots.Finding.Absent, 0);
            }
            if (!isOnKey) return (ISumRoots.Finding.Absent, 0);
            (depth, node) = (end, items[1].readBytes32());
        }
        return (ISumRoots.Finding.Open, 0);
    }

    /// @notice The pair of a branch's child, as its record says.
    function pairAt(bytes calldata record, uint256 index) internal pure returns (ISumRoots.Sum memory) {
        uint256 start = index * PAIR_BYTES;
        return
            ISumRoots.Sum(bytes32(record[start:start + 32]), uint256(bytes32(record[start + 32:start + PAIR_BYTES])));
    }

    function _recordAt(
        bytes[] calldata records,
        uint256 index,
        bytes32 required
    ) private pure returns (bytes calldata record) {
        if (index >= records.length) revert ISumRoots.RecordMismatch(required);
        record = records[index];
        if (hashRecord(record) != required) revert ISumRoots.RecordMismatch(required);
    }

    /// @dev Whether the children's totals make `total`, and nothing is told of a child that is not there.
    function _checkRecord(
        Memory.Slice[] memory items,
        uint256 total,
        bytes calldata record
    ) private pure returns (ISumRoots.Finding) {
        uint256 sum = 0;
        for (uint256 i = 0; i < WIDTH; ++i) {
            ISumRoots.Sum memory child = pairAt(record, i);
            if (_isEmpty(items[i]) && (child.hash != 0 || child.total != 0)) return ISumRoots.Finding.WrongChild;
            // A sum that does not fit is not the total.
            if (child.total > total - sum) return ISumRoots.Finding.WrongTotal;
            sum += child.total;
        }
        return sum == total ? ISumRoots.Finding.Open : ISumRoots.Finding.WrongTotal;
    }

    /// @dev Follows a compact path. A leaf's must end where the key ends, which it does in a trie of hashed keys.
    /// @return isLeaf Else it is an extension's.
    /// @return isOnKey Whether the key goes on with it.
    /// @return end Nibbles of the key that lie behind.
    function _follow(
        bytes memory path,
        bytes32 key,
        uint256 depth
    ) private pure returns (bool isLeaf, bool isOnKey, uint256 end) {
        uint256 flag = uint8(path[0]) >> 4;
        isLeaf = flag > 1;
        uint256 from = flag % 2 == 1 ? 1 : 2;
        uint256 count = 2 * path.length - from;
        end = depth + count;
        isOnKey = true;
        for (uint256 i = 0; i < count && isOnKey; ++i) {
            uint256 place = from + i;
            uint256 nibble = (uint8(path[place / 2]) >> (place % 2 == 0 ? 4 : 0)) & 15;
            isOnKey = nibble == _nibble(key, depth + i);
        }
    }

    function _nibble(bytes32 key, uint256 depth) private pure returns (uint256) {
        return (uint256(key) >> (4 * (KEY_NIBBLES - 1 - depth))) & 15;
    }

    /// @dev The empty string stands where a branch has no child.
    function _isEmpty(Memory.Slice item) private pure returns (bool) {
        return item.length() == 1;
    }
}
