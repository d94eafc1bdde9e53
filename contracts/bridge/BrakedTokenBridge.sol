// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHeldReleases} from "../interfaces/IHeldReleases.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {Brake} from "./Brake.sol";
import {TokenBridge} from "./TokenBridge.sol";

/// @title BrakedTokenBridge: a token bridge that some tokens leave at a bounded rate
/// @notice Limits count tokens of L2: what is taken off the books. Exits that do not fit start their wait, and the same call pays
/// later; a release, which the portal calls but once, is noted and paid by `releaseHeld`.
contract BrakedTokenBridge is TokenBridge, Brake, IHeldReleases {
    /// @inheritdoc IHeldReleases
    uint256 public override heldCount;

    constructor(IPortal portal_, Limit[] memory limits) TokenBridge(portal_) Brake(limits) {}

    /// @inheritdoc IHeldReleases
    function releaseHeld(HeldRelease calldata held) external override nonReentrant {
        bytes32 key = keccak256(abi.encode(held));
        if (heldUntil[key] == 0) revert NothingHeld(key);
        _passesBrake(key, held.l1Token, held.amount);
        _forgetHeld(key);
        _release(held.l1Token, held.from, held.to, held.amount);
    }

    /// @inheritdoc TokenBridge
    function _passesRelease(
        address l1Token,
        address from,
        address to,
        uint256 amount
    ) internal override returns (bool) {
        HeldRelease memory held = HeldRelease(heldCount, l1Token, from, to, amount);
        bytes32 key = keccak256(abi.encode(held));
        if (_passesBrake(key, l1Token, amount)) return true;
        ++heldCount;
        emit ReleaseHeld(key, l1Token, to, held.index, from, amount);
        return false;
    }

    /// @inheritdoc TokenBridge
    function _passesExit(
        address l1Token,
        address l2Token,
        uint256 which,
        uint256 amount
    ) internal override returns (bool) {
        return _passesBrake(keccak256(abi.encode(l2Token, which)), l1Token, amount);
    }
}
