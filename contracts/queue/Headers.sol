// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStateRootQueue} from "../interfaces/IStateRootQueue.sol";

/// @title The block number in an L2 header
/// @dev Reads no more than it must: the hash of the header fixes all its bytes, and a true one is well-formed.
library Headers {
    /// @notice Fields before the number: parent hash, ommers, beneficiary, three roots, bloom, difficulty.
    uint256 private constant NUMBER_FIELD = 8;

    /// @param header RLP list. Reverts with MalformedHeader unless its ninth item is an integer of at most 8 bytes, without leading zeros.
    function blockNumber(bytes calldata header) internal pure returns (uint64 number) {
        (bool isList, uint256 offset, uint256 length) = _item(header, 0);
        if (!isList || offset + length != header.length) revert IStateRootQueue.MalformedHeader();
        for (uint256 field = 0; field < NUMBER_FIELD; ++field) {
            (, uint256 start, uint256 size) = _item(header, offset);
            offset = start + size;
        }
        (isList, offset, length) = _item(header, offset);
        if (isList || length > 8 || offset + length > header.length) revert IStateRootQueue.MalformedHeader();
        if (length != 0 && header[offset] == 0) revert IStateRootQueue.MalformedHeader();
        for (uint256 i = 0; i < length; ++i) number = (number << 8) | uint8(header[offset + i]);
    }

    /// @return isList Whether the item at `offset` is a list.
    /// @return start Where its content starts; behind the end for content that is cut off, which later reads refuse.
    /// @return length Bytes of its content.
    function _item(
        bytes calldata data,
        uint256 offset
    ) private pure returns (bool isList, uint256 start, uint256 length) {
        if (offset >= data.length) revert IStateRootQueue.MalformedHeader();
        uint256 first = uint8(data[offset]);
        if (first < 0x80) return (false, offset, 1);
        isList = first >= 0xc0;
        uint256 short = first & 0x3f;
        if (short <= 55) return (isList, offset + 1, short);
        uint256 sizeBytes = short - 55;
        start = offset + 1 + sizeBytes;
        if (start > data.length) revert IStateRootQueue.MalformedHeader();
        for (uint256 i = 0; i < sizeBytes; ++i) length = (length << 8) | uint8(data[offset + 1 + i]);
    }
}
