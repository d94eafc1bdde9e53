// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISettlement} from "../interfaces/ISettlement.sol";

/// @title Block number and inbox cursor in an L2 header
/// @dev Reads no more than it must: the hash of the header fixes all its bytes, and a true one is well-formed.
library Headers {
    /// @notice Fields before the number: parent hash, ommers, beneficiary, three roots, bloom, difficulty.
    uint256 private constant NUMBER_FIELD = 8;
    /// @notice Fields before the extra data: those, number, gas limit, gas used, timestamp.
    uint256 private constant CURSOR_FIELD = 12;
    uint256 private constant CURSOR_BYTES = 25;

    /// @param header RLP list. Reverts with MalformedHeader unless its ninth item is an integer of at most 8 bytes, without leading zeros.
    function blockNumber(bytes calldata header) internal pure returns (uint64 number) {
        (uint256 offset, uint256 length) = _field(header, NUMBER_FIELD);
        if (length > 8) revert ISettlement.MalformedHeader();
        if (length != 0 && header[offset] == 0) revert ISettlement.MalformedHeader();
        for (uint256 i = 0; i < length; ++i) number = (number << 8) | uint8(header[offset + i]);
    }

    /// @notice Delayed messages that L2 has consumed with this block: the last 8 bytes of the cursor in `extraData`.
    /// @param header As above. Reverts with MalformedHeader unless its extra data is a cursor.
    /// @custom:source docs/spec/01-interfaces.md#header.
    function delayedCount(bytes calldata header) internal pure returns (uint64) {
        (uint256 offset, uint256 length) = _field(header, CURSOR_FIELD);
        if (length != CURSOR_BYTES || header[offset] != 0x01) revert ISettlement.MalformedHeader();
        return uint64(bytes8(header[offset + CURSOR_BYTES - 8:offset + CURSOR_BYTES]));
    }

    /// @dev Field number `field` of the list, which must be a string that ends inside of it.
    function _field(bytes calldata header, uint256 field) private pure returns (uint256 offset, uint256 length) {
        bool isList;
        (isList, offset, length) = _item(header, 0);
        if (!isList || offset + length != header.length) revert ISettlement.MalformedHeader();
        for (uint256 i = 0; i < field; ++i) {
            (, uint256 start, uint256 size) = _item(header, offset);
            offset = start + size;
        }
        (isList, offset, length) = _item(header, offset);
        if (isList || offset + length > header.length) revert ISettlement.MalformedHeader();
    }

    /// @return isList Whether the item at `offset` is a list.
    /// @return start Where its content starts; behind the end for content that is cut off, which later reads refuse.
    /// @return length Bytes of its content.
    function _item(
        bytes calldata data,
        uint256 offset
    ) private pure returns (bool isList, uint256 start, uint256 length) {
        if (offset >= data.length) revert ISettlement.MalformedHeader();
        uint256 first = uint8(data[offset]);
        if (first < 0x80) return (false, offset, 1);
        isList = first >= 0xc0;
        uint256 short = first & 0x3f;
        if (short <= 55) return (isList, offset + 1, short);
        uint256 sizeBytes = short - 55;
        start = offset + 1 + sizeBytes;
        if (start > data.length) revert ISettlement.MalformedHeader();
        for (uint256 i = 0; i < sizeBytes; ++i) length = (length << 8) | uint8(data[offset + 1 + i]);
    }
}
