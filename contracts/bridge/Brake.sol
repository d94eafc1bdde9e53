// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBrake} from "../interfaces/IBrake.sol";

/// @title Brake: leaky buckets over what leaves, by asset
/// @dev A bucket's level is kept in units times seconds: what drains in a second is then a whole number for every capacity, so that no
/// rounding lets many small payments pass, and none keeps a bucket from draining.
abstract contract Brake is IBrake {
    /// @dev Two slots. `level` is at most `capacity * drainTime`, below 2^160.
    struct Bucket {
        uint160 level;
        uint64 updatedAt;
        uint32 drainTime;
        uint128 capacity;
    }

    mapping(address asset => Bucket) private _buckets;
    /// @inheritdoc IBrake
    mapping(bytes32 key => uint64) public override heldUntil;

    constructor(Limit[] memory limits) {
        for (uint256 i = 0; i < limits.length; ++i) {
            Limit memory limit = limits[i];
            Bucket storage bucket = _buckets[limit.asset];
            if (limit.capacity == 0 || limit.drainTime == 0 || bucket.capacity != 0) revert BadLimit(limit.asset);
            (bucket.capacity, bucket.drainTime) = (limit.capacity, limit.drainTime);
        }
    }

    /// @inheritdoc IBrake
    function roomOf(address asset) external view override returns (uint256) {
        Bucket memory bucket = _buckets[asset];
        if (bucket.capacity == 0) return type(uint256).max;
        return (_full(bucket) - _level(bucket)) / bucket.drainTime;
    }

    /// @inheritdoc IBrake
    function limitOf(address asset) external view override returns (uint128 capacity, uint32 drainTime) {
        Bucket memory bucket = _buckets[asset];
        return (bucket.capacity, bucket.drainTime);
    }

    /// @dev Whether a payment may be made now; otherwise it is noted, and may be `drainTime` later. What has waited is not counted.
    /// @param key Fixes asset and amount: the same key is never asked for with another payment.
    /// @custom:reverts StillHeld(until) where it was noted before: nothing changes then.
    function _passesBrake(bytes32 key, address asset, uint256 amount) internal returns (bool) {
        uint64 until = heldUntil[key];
        if (until != 0 && block.timestamp >= until) return true;
        Bucket memory bucket = _buckets[asset];
        if (bucket.capacity == 0 || _fill(asset, bucket, amount)) return true;
        if (until != 0) revert StillHeld(until);
        until = uint64(block.timestamp + bucket.drainTime);
        heldUntil[key] = until;
        emit PaymentHeld(key, asset, amount, until);
        return false;
    }

    /// @dev The payment of that key is made: it will not be asked for again.
    function _forgetHeld(bytes32 key) internal {
        delete heldUntil[key];
    }

    function _fill(address asset, Bucket memory bucket, uint256 amount) private returns (bool) {
        if (amount == 0) return true;
        if (amount > bucket.capacity) return false;
        uint256 level = _level(bucket) + amount * bucket.drainTime;
        if (level > _full(bucket)) return false;
        Bucket storage kept = _buckets[asset];
        (kept.level, kept.updatedAt) = (uint160(level), uint64(block.timestamp));
        return true;
    }

    /// @dev As of now: `capacity` drains each second.
    function _level(Bucket memory bucket) private view returns (uint256) {
        uint256 drained = (block.timestamp - bucket.updatedAt) * bucket.capacity;
        return bucket.level > drained ? bucket.level - drained : 0;
    }

    function _full(Bucket memory bucket) private pure returns (uint256) {
        return uint256(bucket.capacity) * bucket.drainTime;
    }
}
