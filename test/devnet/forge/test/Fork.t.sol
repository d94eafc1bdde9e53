// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

interface Vm {
    function createSelectFork(string calldata url, uint256 blockNumber) external returns (uint256);
    function rpcUrl(string calldata name) external returns (string memory);
    function envString(string calldata name) external view returns (string memory);
    function envAddress(string calldata name) external view returns (address);
    function envUint(string calldata name) external view returns (uint256);
    function prank(address sender) external;
    function warp(uint256 timestamp) external;
    function deal(address who, uint256 balance) external;
}

interface Multicall3 {
    function getEthBalance(address who) external view returns (uint256);
    function getCurrentBlockTimestamp() external view returns (uint256);
}

/// @title What a project's own tests do on a fork of L2: read its state, act as one of its accounts, go back to an older block
contract ForkTest {
    Vm private constant VM = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    Multicall3 private constant MULTICALL = Multicall3(0xcA11bde05977b3631167028862bE2a173976CA11);

    function testReadsTheStateOfL2() public view {
        require(block.chainid == 42161001, "chain id");
        address receiver = VM.envAddress("RECEIVER");
        require(receiver.balance == 5, "balance");
        require(MULTICALL.getEthBalance(receiver) == 5, "balance by a contract of L2");
    }

    function testActsAsAnAccountOfL2() public {
        address rich = VM.envAddress("RICH");
        require(rich.balance > 1 ether, "an account of the genesis");
        VM.prank(rich);
        (bool isDone, ) = address(0xbeef).call{value: 1 ether}("");
        require(isDone && address(0xbeef).balance == 1 ether, "a transfer");
        VM.warp(block.timestamp + 7 days);
        require(MULTICALL.getCurrentBlockTimestamp() == block.timestamp, "time");
    }

    function testGoesBackToAnOlderBlock() public {
        VM.createSelectFork(VM.envString("L2_URL"), VM.envUint("BEFORE"));
        require(VM.envAddress("RECEIVER").balance == 0, "before the transfer");
    }
}
