// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Wide} from "../games/wide/Wide.sol";

/// @title The game of four quarters, with root edges of level 0 that stand on nothing
contract ToyWide is Wide {
    constructor(Parameters memory p) Wide(p) {}

    /// @param output The last leaf: the output root after the last run.
    function stakeRoot(
        Origin calldata origin,
        bytes32 root,
        bytes32 output,
        bytes32[] calldata spine
    ) external returns (bytes32) {
        uint256 gasBefore = gasleft();
        _requireLastLeaf(output, spine, 0, root);
        return _stake(0, origin, root, 0, gasBefore);
    }

    /// @dev None has a parent here.
    function _requireParentOfConfirmed(bytes32) internal pure override {}
}
