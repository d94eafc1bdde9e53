// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The leaves that one step touches: collected, read, written, and proven against the memory root all at once.
/// @dev Fixed leaves are those that the instruction names (slots, globals); free leaves lie in linear memory, at addresses
/// that the step computes from the fixed ones. Linear memory stands below the frames, so the free leaves come first in address
/// order; `prove` insists on it. Twin of vm/commit/multiproof.ts. Encoding: docs/spec/05-machine-proofs.md#witness.
struct StepMemory {
    /// Leaf indices, ascending; entries 0 and 1 are for free leaves, the fixed ones stand from 2 on.
    uint256[8] index;
    /// Leaves before the step.
    uint256[8] before;
    /// Leaves after it.
    uint256[8] current;
    /// First entry in use, 0 to 2.
    uint256 first;
    /// Behind the last entry in use.
    uint256 end;
    /// Next unread byte of the witness in calldata.
    uint256 cursor;
    /// End of the witness in calldata.
    uint256 limit;
}

library StepMemoryLib {
    bytes32 internal constant TAG = keccak256("solvent.memory");
    uint256 private constant FIXED = 2;

    /// @notice The witness ends too early, or goes on behind its end.
    error WitnessLength();
    /// @notice The leaves of the witness are not leaves of the machine's memory.
    error MemoryMismatch(bytes32 actual, bytes32 expected);
    /// @notice A leaf outside the tree, or leaves out of order: no true machine does that.
    error LeafOrder();
    /// @notice The instruction reads a leaf that it does not name.
    error LeafMissing();

    function create(uint256 cursor, uint256 limit) internal pure returns (StepMemory memory m) {
        m.first = FIXED;
        m.end = FIXED;
        m.cursor = cursor;
        m.limit = limit;
    }

    /// @notice Adds the leaf that holds the byte at `addr` to the fixed ones, unless it stands there.
    function name(StepMemory memory m, uint256 addr) internal pure {
        unchecked {
            uint256 leaf = addr >> 5;
            uint256 slot = m.end;
            while (slot > FIXED && m.index[slot - 1] > leaf) --slot;
            if (slot > FIXED && m.index[slot - 1] == leaf) return;
            for (uint256 i = m.end; i > slot; --i) m.index[i] = m.index[i - 1];
            m.index[slot] = leaf;
            ++m.end;
        }
    }

    /// @notice Takes the contents of the fixed leaves from the witness; after the last `name`.
    function loadNamed(StepMemory memory m) internal pure {
        unchecked {
            for (uint256 i = FIXED; i < m.end; ++i) m.before[i] = m.current[i] = nextWord(m);
        }
    }

    /// @notice Takes one free leaf, or two in ascending order, from the witness. Once a step.
    function loadFree(StepMemory memory m, uint256 low, uint256 high) internal pure {
        if (low == high) {
            m.first = 1;
            m.index[1] = low;
            m.before[1] = m.current[1] = nextWord(m);
        } else {
            m.first = 0;
            m.index[0] = low;
            m.index[1] = high;
            m.before[0] = m.current[0] = nextWord(m);
            m.before[1] = m.current[1] = nextWord(m);
        }
    }

    /// @notice The next 32 bytes of the witness.
    function nextWord(StepMemory memory m) internal pure returns (uint256 value) {
        uint256 cursor = m.cursor;
        if (cursor + 32 > m.limit) revert WitnessLength();
        assembly ("memory-safe") {
            value := calldataload(cursor)
        }
        m.cursor = cursor + 32;
    }

    /// @notice The entry of the fixed leaf with the byte at `addr`.
    function fixedEntry(StepMemory memory m, uint256 addr) internal pure returns (uint256) {
        unchecked {
            uint256 leaf = addr >> 5;
            for (uint256 i = FIXED; i < m.end; ++i) if (m.index[i] == leaf) return i;
        }
        revert LeafMissing();
    }

    /// @notice The entry of the free leaf with the byte at `addr`.
    function freeEntry(StepMemory memory m, uint256 addr) internal pure returns (uint256) {
        return m.index[1] == addr >> 5 ? 1 : 0;
    }

    /// @notice The little-endian 8 bytes at `addr`, a multiple of 8 in a fixed leaf.
    function read8(StepMemory memory m, uint256 addr) internal pure returns (uint256) {
        unchecked {
            return swap64((m.before[fixedEntry(m, addr)] >> (192 - 8 * (addr & 31))) & 0xffffffffffffffff);
        }
    }

    /// @notice Writes the low 8 bytes of `value` at `addr`, a multiple of 8 in a fixed leaf.
    function write8(StepMemory memory m, uint256 addr, uint256 value) internal pure {
        unchecked {
            uint256 entry = fixedEntry(m, addr);
            uint256 shift = 192 - 8 * (addr & 31);
            uint256 kept = m.current[entry] & ~(0xffffffffffffffff << shift);
            m.current[entry] = kept | (swap64(value & 0xffffffffffffffff) << shift);
        }
    }

    /// @notice Loads `length` (1 to 8) little-endian bytes at `addr` of linear memory; takes the free leaves that hold them.
    function loadBytes(StepMemory memory m, uint256 addr, uint256 length) internal pure returns (uint256 value) {
        unchecked {
            loadFree(m, addr >> 5, (addr + length - 1) >> 5);
            uint256 shift = 8 * (addr & 31);
            uint256 window = m.before[m.first] << shift;
            if (m.first == 0) window |= m.before[1] >> (256 - shift);
            value = swap64(window >> 192) & ((1 << (8 * length)) - 1);
        }
    }

    /// @notice Stores the low `length` (1 to 8) bytes of `value` at `addr` of linear memory; takes the free leaves.
    function storeBytes(StepMemory memory m, uint256 addr, uint256 length, uint256 value) internal pure {
        unchecked {
            loadFree(m, addr >> 5, (addr + length - 1) >> 5);
            uint256 shift = 8 * (addr & 31);
            uint256 mask = ~(type(uint256).max >> (8 * length));
            uint256 data = (swap64(value & 0xffffffffffffffff) << 192) & mask;
            uint256 first = m.first;
            m.current[first] = (m.before[first] & ~(mask >> shift)) | (data >> shift);
            if (first == 0) m.current[1] = (m.before[1] & ~(mask << (256 - shift))) | (data << (256 - shift));
        }
    }

    /// @notice Checks all leaves before the step against `memoryRoot` and returns the root after it.
    /// @dev Takes the siblings, level by level and in address order, and requires the witness to end with them.
    function prove(StepMemory memory m, bytes32 memoryRoot, uint256 depth) internal pure returns (bytes32 newRoot) {
        unchecked {
            uint256 end = m.end;
            uint256 first = m.first;
            if (first == end) {
                if (m.cursor != m.limit) revert WitnessLength();
                return memoryRoot;
            }
            for (uint256 i = first + 1; i < end; ++i) if (m.index[i - 1] >= m.index[i]) revert LeafOrder();
            if (m.index[end - 1] >> depth != 0) revert LeafOrder();
        }
        (bytes32 root, bytes32 updated, uint256 cursor) = _fold(m, depth);
        if (cursor != m.limit) revert WitnessLength();
        if (root != memoryRoot) revert MemoryMismatch(root, memoryRoot);
        return updated;
    }

    /// @dev Both roots in one pass. INVARIANT: nodes of a level are ascending, so a pair of siblings stands side by side. The
    /// arrays are folded in place: parents are written at or before the entries that they are made from. Reading behind the
    /// witness gives a wrong root or is caught by the caller's comparison of the cursor.
    function _fold(
        StepMemory memory m,
        uint256 depth
    ) private pure returns (bytes32 root, bytes32 updated, uint256 cursor) {
        bytes32 tag = TAG;
        assembly ("memory-safe") {
            // 96 bytes of preimage behind the free memory; nothing is allocated
            let p := mload(0x40)
            mstore(p, tag)
            let indices := mload(m)
            let olds := mload(add(m, 0x20))
            let news := mload(add(m, 0x40))
            let base := shl(5, mload(add(m, 0x60)))
            let end := shl(5, mload(add(m, 0x80)))
            cursor := mload(add(m, 0xa0))
            for {} depth {
                depth := sub(depth, 1)
            } {
                let to := base
                for {
                    let source := base
                } lt(source, end) {
                    source := add(source, 0x20)
                } {
                    let index := mload(add(indices, source))
                    let old := mload(add(olds, source))
                    let updatedNode := mload(add(news, source))
                    let next := add(source, 0x20)
                    let paired := 0
                    if lt(next, end) {
                        paired := and(eq(mload(add(indices, next)), add(index, 1)), iszero(and(index, 1)))
                    }
                    // the node's place in the preimage: 0x20 left, 0x40 right
                    let place := add(0x20, shl(5, and(index, 1)))
                    switch paired
                    case 0 {
                        mstore(sub(add(p, 0x60), place), calldataload(cursor))
                        cursor := add(cursor, 0x20)
                        mstore(add(p, place), old)
                        let parent := keccak256(p, 0x60)
                        mstore(add(olds, to), parent)
                        if xor(old, updatedNode) {
                            mstore(add(p, place), updatedNode)
                            parent := keccak256(p, 0x60)
                        }
                        mstore(add(news, to), parent)
                    }
                    default {
                        mstore(add(p, 0x20), old)
                        mstore(add(p, 0x40), mload(add(olds, next)))
                        let parent := keccak256(p, 0x60)
                        mstore(add(p, 0x20), updatedNode)
                        mstore(add(p, 0x40), mload(add(news, next)))
                        mstore(add(news, to), keccak256(p, 0x60))
                        mstore(add(olds, to), parent)
                        source := next
                    }
                    mstore(add(indices, to), shr(1, index))
                    to := add(to, 0x20)
                }
                end := to
            }
            root := mload(add(olds, base))
            updated := mload(add(news, base))
        }
    }

    /// @notice The eight low bytes in the opposite order.
    function swap64(uint256 x) internal pure returns (uint256) {
        unchecked {
            x = ((x & 0x00ff00ff00ff00ff) << 8) | ((x >> 8) & 0x00ff00ff00ff00ff);
            x = ((x & 0x0000ffff0000ffff) << 16) | ((x >> 16) & 0x0000ffff0000ffff);
            return ((x & 0xffffffff) << 32) | (x >> 32);
        }
    }
}
