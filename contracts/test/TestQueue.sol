// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAssertionGames} from "../interfaces/IAssertionGames.sol";

/// @title TestGame: an assertion that says what the test told it
contract TestGame {
    bytes32 public immutable rootClaim;
    uint256 public immutable l2SequenceNumber;
    uint64 public immutable createdAt;
    uint64 public resolvedAt;
    // solhint-disable-next-line const-name-snakecase
    uint64 public constant maxClockDuration = 600;

    constructor(bytes32 rootClaim_, uint256 l2BlockNumber) {
        rootClaim = rootClaim_;
        l2SequenceNumber = l2BlockNumber;
        createdAt = uint64(block.timestamp);
    }

    function resolve() external {
        resolvedAt = uint64(block.timestamp);
    }
}

/// @title TestQueue: a state root queue whose verdicts the test sets
/// @dev For tests of the portal alone; what a real queue does is tested with a real one.
contract TestQueue {
    enum Fate {
        Open,
        Won,
        Lost
    }

    address public immutable inbox;
    uint32 public gameType = 100;
    address[] public list;
    mapping(address game => bool) public isGameRegistered;
    mapping(address game => Fate) public fateOf;

    constructor(address inbox_) {
        inbox = inbox_;
    }

    function add(bytes32 outputRoot, uint256 l2BlockNumber) external returns (address game) {
        game = address(new TestGame(outputRoot, l2BlockNumber));
        list.push(game);
        isGameRegistered[game] = true;
    }

    function decide(uint256 index, Fate fate) external {
        fateOf[list[index]] = fate;
        TestGame(list[index]).resolve();
    }

    function setGameType(uint32 gameType_) external {
        gameType = gameType_;
    }

    /// @dev Something payable to aim a withdrawal at.
    function deposit() external payable {}

    function gameCount() external view returns (uint256) {
        return list.length;
    }

    function respectedGameType() external pure returns (uint32) {
        return 100;
    }

    function gameAtIndex(uint256 index) external view returns (uint32, uint64, address) {
        return (gameType, TestGame(list[index]).createdAt(), list[index]);
    }

    function findLatestGames(
        uint32 gameType_,
        uint256 start,
        uint256 n
    ) external view returns (IAssertionGames.GameSearchResult[] memory games) {
        uint256 found = 0;
        games = new IAssertionGames.GameSearchResult[](n);
        for (uint256 i = start + 1; i > 0 && found < n && gameType_ == gameType && i <= list.length; --i) {
            TestGame game = TestGame(list[i - 1]);
            if (fateOf[address(game)] == Fate.Lost) continue;
            games[found++] = IAssertionGames.GameSearchResult({
                index: i - 1,
                metadata: bytes32(
                    (uint256(gameType) << 224) | (uint256(game.createdAt()) << 160) | uint160(address(game))
                ),
                timestamp: game.createdAt(),
                rootClaim: game.rootClaim(),
                extraData: abi.encode(game.l2SequenceNumber())
            });
        }
        assembly ("memory-safe") {
            mstore(games, found)
        }
    }

    function isGameProper(address game) external view returns (bool) {
        return isGameRegistered[game] && fateOf[game] != Fate.Lost;
    }

    function isGameRespected(address game) external view returns (bool) {
        return isGameRegistered[game];
    }

    function isGameFinalized(address game) external view returns (bool) {
        return fateOf[game] != Fate.Open;
    }

    function isGameClaimValid(address game) external view returns (bool) {
        return fateOf[game] == Fate.Won;
    }
}
