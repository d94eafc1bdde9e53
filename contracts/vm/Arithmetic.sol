// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Status} from "./Machine.sol";
import {Opcodes} from "./Opcodes.sol";

/// @title The integer operators of the instruction set.
/// @dev Operands and results are unsigned numbers below 2^width. Twin of vm/reference/arithmetic.ts, rules in
/// docs/spec/04-vm.md#isa. Everything is unchecked: wrapping is the rule, not an accident.
library Arithmetic {
    /// @notice A function of two operands.
    /// @param fn Low five bits of the opcode: 0 add .. 14 rotr, 15 eq .. 20 geU.
    /// @param width 32 or 64.
    /// @return trap `Status.RUNNING`, or the trap; then `value` is 0.
    function binary(
        uint256 fn,
        uint256 x,
        uint256 y,
        uint256 width
    ) internal pure returns (uint256 trap, uint256 value) {
        unchecked {
            uint256 mask = (1 << width) - 1;
            if (fn >= 15) return (Status.RUNNING, holds(fn - 15, x, y, width) ? 1 : 0);
            if (fn < 3)
                return (
                    Status.RUNNING,
                    (
                        fn == 0
                            ? x + y
                            : fn == 1
                                ? x - y
                                : x * y
                    ) & mask
                );
            if (fn < 7) return divide(fn, x, y, width);
            if (fn == 7) return (Status.RUNNING, x & y);
            if (fn == 8) return (Status.RUNNING, x | y);
            if (fn == 9) return (Status.RUNNING, x ^ y);
            uint256 count = y & (width - 1);
            if (fn == 10) value = x << count;
            else if (fn == 11) value = uint256(signed(x, width) >> count);
            else if (fn == 12) value = x >> count;
            else if (fn == 13) value = (x << count) | (x >> (width - count));
            else value = (x >> count) | (x << (width - count));
            return (Status.RUNNING, value & mask);
        }
    }

    /// @notice divS, divU, remS, remU (3 to 6).
    function divide(
        uint256 fn,
        uint256 x,
        uint256 y,
        uint256 width
    ) internal pure returns (uint256 trap, uint256 value) {
        unchecked {
            if (y == 0) return (Status.DIVISION_BY_ZERO, 0);
            uint256 mask = (1 << width) - 1;
            if (fn == 4) return (Status.RUNNING, x / y);
            if (fn == 6) return (Status.RUNNING, x % y);
            int256 dividend = signed(x, width);
            int256 divisor = signed(y, width);
            if (fn == 5) return (Status.RUNNING, uint256(dividend % divisor) & mask);
            if (divisor == -1 && x == 1 << (width - 1)) return (Status.INTEGER_OVERFLOW, 0);
            return (Status.RUNNING, uint256(dividend / divisor) & mask);
        }
    }

    /// @notice Whether `x condition y`: 0 eq, 1 ne, 2 ltS, 3 geS, 4 ltU, 5 geU.
    function holds(uint256 condition, uint256 x, uint256 y, uint256 width) internal pure returns (bool) {
        if (condition == 0) return x == y;
        if (condition == 1) return x != y;
        if (condition == 2) return signed(x, width) < signed(y, width);
        if (condition == 3) return signed(x, width) >= signed(y, width);
        return condition == 4 ? x < y : x >= y;
    }

    /// @notice A function of one slot: opcodes 0x10 copy to 0x1c extend32To64.
    /// @param x The whole slot.
    function unary(uint256 op, uint256 x) internal pure returns (uint256) {
        unchecked {
            uint256 low = x & 0xffffffff;
            if (op == Opcodes.COPY) return x;
            if (op == Opcodes.WRAP) return low;
            if (op == Opcodes.CLZ32) return 32 - bitLength(low);
            if (op == Opcodes.CTZ32) return trailingZeros(low, 32);
            if (op == Opcodes.POPCNT32) return ones(low);
            if (op == Opcodes.EXTEND8_TO32) return extend(x, 8) & 0xffffffff;
            if (op == Opcodes.EXTEND16_TO32) return extend(x, 16) & 0xffffffff;
            if (op == Opcodes.CLZ64) return 64 - bitLength(x);
            if (op == Opcodes.CTZ64) return trailingZeros(x, 64);
            if (op == Opcodes.POPCNT64) return ones(x);
            return
                extend(
                    x,
                    op == Opcodes.EXTEND8_TO64
                        ? 8
                        : op == Opcodes.EXTEND16_TO64
                            ? 16
                            : 32
                );
        }
    }

    /// @notice The low `width` bits of `x` (8, 16 or 32), sign-extended to 64 bits.
    function extend(uint256 x, uint256 width) internal pure returns (uint256) {
        return uint256(signed(x, width)) & 0xffffffffffffffff;
    }

    /// @notice The low `width` bits of `x` as a signed number.
    function signed(uint256 x, uint256 width) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := signextend(sub(shr(3, width), 1), x)
        }
    }

    /// @notice Number of bits of `x` (below 2^64) without leading zeros.
    function bitLength(uint256 x) internal pure returns (uint256 bits) {
        unchecked {
            for (uint256 half = 32; half > 0; half >>= 1) {
                if (x >> half != 0) {
                    bits += half;
                    x >>= half;
                }
            }
            return bits + x;
        }
    }

    function trailingZeros(uint256 x, uint256 width) private pure returns (uint256) {
        unchecked {
            return x == 0 ? width : bitLength(x & (~x + 1)) - 1;
        }
    }

    function ones(uint256 x) private pure returns (uint256) {
        unchecked {
            x -= (x >> 1) & 0x5555555555555555;
            x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333);
            x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
            return ((x * 0x0101010101010101) >> 56) & 0xff;
        }
    }
}
