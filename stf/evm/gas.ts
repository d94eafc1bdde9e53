/*
 * What operations cost, in gas, under Osaka. Names are those of Ethereum's execution specification (ethereum/execution-specs, vm/gas.py).
 */
export const GAS_JUMPDEST: i64 = 1;
export const GAS_BASE: i64 = 2;
export const GAS_VERY_LOW: i64 = 3;
export const GAS_LOW: i64 = 5;
export const GAS_MID: i64 = 8;
export const GAS_HIGH: i64 = 10;
export const GAS_BLOCK_HASH: i64 = 20;
export const GAS_EXPONENTIATION: i64 = 10;
export const GAS_EXPONENTIATION_PER_BYTE: i64 = 50;
/** A word that is copied. */
export const GAS_COPY: i64 = 3;
export const GAS_KECCAK256: i64 = 30;
export const GAS_KECCAK256_WORD: i64 = 6;
export const GAS_LOG: i64 = 375;
export const GAS_LOG_TOPIC: i64 = 375;
/** A byte of a log's data. */
export const GAS_LOG_DATA: i64 = 8;
/** An account or slot that was touched before in this transaction (EIP-2929). */
export const GAS_WARM_ACCESS: i64 = 100;
export const GAS_COLD_ACCOUNT_ACCESS: i64 = 2600;
export const GAS_COLD_SLOAD: i64 = 2100;
/** A slot that was empty gets a value. */
export const GAS_STORAGE_SET: i64 = 20000;
/** A slot gets another value, beyond what its access costs. */
export const GAS_STORAGE_UPDATE: i64 = 5000 - GAS_COLD_SLOAD;
/** A slot is emptied (EIP-3529). */
export const REFUND_STORAGE_CLEAR: i64 = 4800;
/** SSTORE wants more gas than this (EIP-2200). */
export const GAS_CALL_STIPEND: i64 = 2300;
export const GAS_SELF_DESTRUCT: i64 = 5000;
export const GAS_SELF_DESTRUCT_NEW_ACCOUNT: i64 = 25000;
export const GAS_CALL_VALUE: i64 = 9000;
export const GAS_NEW_ACCOUNT: i64 = 25000;
export const GAS_CREATE: i64 = 32000;
/** A byte of code that is deposited. */
export const GAS_CODE_DEPOSIT: i64 = 200;
/** A word of initcode (EIP-3860). */
export const GAS_INIT_CODE_WORD: i64 = 2;
