// A table of what is typed.
import type { Feature } from "./page";

/** The mnemonic's second account, and one that nobody has used. */
const USER = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
const KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const OTHER = "0x00000000000000000000000000000000000000f1";

/** The features that people who come from other development chains look for, in the order in which they need them. */
export const FEATURES: readonly Feature[] = [
  {
    title: "One command, a banner, and lines to copy",
    about:
      "L1, contracts and all actors; accounts, keys, chain ids, URLs and addresses, the same as JSON; cast on either layer, over HTTP and WebSocket.",
    lines: [
      "npm start -- --datadir $DIR/main",
      "solvent info | head -c 300",
      `npx cast send --rpc-url $L2 --private-key ${KEY} ${OTHER} --value 1ether | grep -E 'status|blockNumber'`,
      `npx cast send --rpc-url $L1 --private-key ${KEY} ${OTHER} --value 2ether | grep -E 'status|blockNumber'`,
      "npx cast chain-id --rpc-url ws://127.0.0.1:9545; npx cast chain-id --rpc-url ws://127.0.0.1:8545",
    ],
    prints: [
      /READY in [\d.]+ s/,
      /"url": "http:\/\/127.0.0.1:8545"/,
      /status +1 \(success\)[^]*status +1/,
      /42161001\n31337/,
    ],
  },
  {
    title: "Faucet",
    about: "Ether or a test token, on both layers.",
    lines: [
      `solvent fund ${OTHER} 2.5`,
      `npx cast balance --rpc-url $L1 --ether ${OTHER}`,
      `until npx cast balance --rpc-url $L2 --ether ${OTHER} | grep '^3\\.5'; do sleep 1; done`,
      `solvent fund ${OTHER} 7 tokens`,
    ],
    prints: [/"l2Hash":"0x/, /^4\.5/m, /^3\.5/m, /"l2Token":"0x/],
  },
  {
    title: "Time travel on both layers",
    about: "By `solvent time`, or by the names that Hardhat and anvil have, on either layer: both follow.",
    lines: [
      "npx cast block --rpc-url $L1 --field timestamp; npx cast block --rpc-url $L2 --field timestamp",
      "solvent time 86400",
      "npx cast rpc --rpc-url $L2 evm_increaseTime 3600",
      "npx cast rpc --rpc-url $L1 evm_setNextBlockTimestamp $(( $(npx cast block --rpc-url $L1 --field timestamp) + 1000 ))",
      "npx cast rpc --rpc-url $L2 hardhat_mine 0x5 0x3c",
    ],
    prints: [/\{"l1":\d+,"l2":\d+\}/, /"3600"/, /true/],
  },
  {
    title: "Deposit, withdraw, prove, finalise",
    about: "Over the bridge by commands; the clocks that a withdrawal waits for are jumped over.",
    lines: [
      `solvent deposit 1.5 --key ${KEY} --wait`,
      `solvent withdraw 0.25 --key ${KEY} | tee $DIR/withdrawal`,
      "hash=$(sed -n 's/^transaction on L2: //p' $DIR/withdrawal)",
      `solvent prove $hash --key ${KEY} --wait`,
      "solvent time 3600",
      `solvent finalize $hash --key ${KEY} --wait`,
    ],
    prints: [/included/, /0x[0-9a-f]{64}/, /in-challenge-period|ready-to-finalize/, /finalized/],
  },
  {
    title: "Snapshot and revert of the whole system",
    about:
      "L1, L2, pool, batches, the game and every actor go back together; `evm_snapshot` on either layer means the same.",
    lines: [
      "id=$(solvent snapshot); echo $id",
      `npx cast balance --rpc-url $L2 ${USER}`,
      `npx cast send --rpc-url $L2 --private-key ${KEY} ${OTHER} --value 3ether | grep status`,
      "solvent revert $id",
      `npx cast balance --rpc-url $L2 ${USER}`,
    ],
    prints: [/^0x\d+$/m, /status +1/, /back at 0x/, /^(\d+)\n[^]*back at[^]*\n\1$/m],
  },
  {
    title: "The state as a file",
    about: "Everything in one file, with which a devnet begins here or on another machine.",
    lines: [
      "solvent snapshot save walk",
      "head=$(npx cast block-number --rpc-url $L2); npx cast block --rpc-url $L2 1 --field hash",
      "npm start -- --load $DIR/main/snapshots/walk.solvent",
      "npx cast block --rpc-url $L2 1 --field hash",
    ],
    prints: [/walk\.solvent \(\d+ bytes\)/, /READY/, /^(0x[0-9a-f]{64})\n[^]*\n\1$/m],
  },
  {
    title: "Kept between runs",
    about: "With `--datadir` the next start goes on where the last one ended, L1 and its clock too.",
    lines: [
      "npm start -- --datadir $DIR/main",
      "npx cast block --rpc-url $L2 2 --field hash; npx cast block --rpc-url $L1 2 --field hash",
      "npm start -- --datadir $DIR/main",
      "npx cast block --rpc-url $L2 2 --field hash; npx cast block --rpc-url $L1 2 --field hash",
    ],
    prints: [/^(0x[0-9a-f]{64}\n0x[0-9a-f]{64})\n[^]*\n\1$/m],
  },
  {
    title: "Blocks at an interval, at once, or by steps",
    about:
      "Switched while it runs, or `--instant` and `--manual` from the start; by steps nothing moves by itself, on either layer.",
    lines: [
      "npx cast rpc --rpc-url $L2 evm_setAutomine true; npx cast rpc --rpc-url $L2 evm_setIntervalMining 500",
      "npm start -- --manual",
      "npx cast block-number --rpc-url $L2; npx cast block-number --rpc-url $L1; sleep 3; npx cast block-number --rpc-url $L2; npx cast block-number --rpc-url $L1",
      "solvent step l2; solvent step batch; solvent step l1; solvent step game",
    ],
    prints: [/^(\d+\n\d+)\n\1$/m, /"moves":\{"challenger":\["assertState"\]\}/],
  },
  {
    title: "The same in each run",
    about: "With `--seed` genesis, clocks, block borders and moves are the same to the last byte.",
    lines: [
      "npm start -- --seed 7 --manual",
      "solvent step; solvent time 600; solvent step; solvent events > $DIR/first; wc -l < $DIR/first",
      "npm start -- --seed 7 --manual",
      "solvent step; solvent time 600; solvent step; solvent events > $DIR/second; cmp $DIR/first $DIR/second && echo the same bytes",
    ],
    prints: [/the same bytes/],
  },
  {
    title: "Several actors, and control of each process",
    about: "Status, stop, start and restart of one; the others go on.",
    lines: [
      "npm start -- --verifiers 2 --challengers 2",
      "solvent status",
      "solvent stop verifier-2; solvent status | grep verifier-2; solvent start verifier-2; solvent restart challenger-2",
      "solvent status | grep -c well",
    ],
    prints: [/challenger-2 +well/, /verifier-2: stopped/, /verifier-2 +stopped/, /challenger-2: runs/, /^5$/m],
  },
  {
    title: "Logs, metrics, health",
    about: "Of each actor; names after op-dispute-mon.",
    lines: [
      "solvent logs sequencer 1",
      "metrics=$(solvent status | grep -oE 'metrics http://[^ ]*' | head -1 | cut -d' ' -f2); curl -s $metrics | grep -E '^solvent_head'",
      "curl -s ${metrics%/metrics}/healthz",
    ],
    prints: [/"level":/, /solvent_head_safe \d+/, /"problems":\{\}/],
  },
  {
    title: "Somebody lies, and the exit status tells how it ended",
    about:
      "At run time by `solvent fault add`, or from the start; `--exit-after-faults` ends with the verdict's status.",
    lines: [
      "solvent fault add wrong-state 7",
      "until solvent fault list | grep -qE '(ended|failed)'; do sleep 2; done; solvent fault list",
      "npm start --silent -- --fault garbage --exit-after-faults | tail -8; echo status ${PIPESTATUS[0]}",
    ],
    prints: [/wrong-state: ended/, /L1 executed one instruction/, /FAULTS DONE/, /status 0/],
  },
  {
    title: "Weather on L1",
    about: "A reorg, an outage, a spike of the fee, an account that is censored; the actors live on.",
    lines: [
      "npm start",
      "solvent l1 reorg 5",
      "solvent l1 outage 2",
      "solvent l1 fee 900; npx cast base-fee --rpc-url $L1",
      `solvent l1 censor ${USER} 2`,
      "sleep 5; solvent status",
    ],
    prints: [/sequencer +well/, /verifier +well/, /challenger +well/],
  },
  {
    title: "Contracts that every chain has",
    about:
      "Permit2, ERC-4337's EntryPoints, Safe's contracts, at their addresses; Multicall3, WETH and GasPriceOracle are in genesis.",
    lines: [
      "solvent preinstall",
      "npx cast code --rpc-url $L2 0x000000000022D473030F116dDEE9F6B43aC78BA3 | head -c 40; echo",
      "npx cast call --rpc-url $L2 0xcA11bde05977b3631167028862bE2a173976CA11 'getChainId()(uint256)'",
    ],
    prints: [/0x000000000022D473030F116dDEE9F6B43aC78BA3 +Permit2/, /^0x60/m, /^42161001/m],
  },
  {
    title: "Doctor and completion",
    about: "What is missing or in the way, each with its remedy; words in a shell.",
    lines: [
      "solvent doctor; echo status $?",
      "source <(solvent completion bash); COMP_WORDS=(solvent fault ''); COMP_CWORD=2; _solvent; echo ${COMPREPLY[@]}",
    ],
    prints: [/port 9545/, /status [01]/, /add remove list/],
  },
];
