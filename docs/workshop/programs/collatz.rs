// A program of one's own in Rust: the steps of the Collatz sequence from the number in the last eight bytes of its input, until it is 1.
//   rustc --target wasm32-unknown-unknown --crate-type cdylib -C opt-level=2 -C strip=debuginfo -C link-arg=--initial-memory=131072 \
//     -C link-arg=--max-memory=131072 -C link-arg=-zstack-size=65536 -o table.wasm docs/workshop/programs/collatz.rs
//   npx wasm-opt --remove-unused-module-elements table.wasm -o docs/workshop/programs/collatz.wasm   # drops rustc's empty table
//   npm run solvent -- prove docs/workshop/programs/collatz.wasm --input 0x1b
#![no_std]

#[link(wasm_import_module = "solvent")]
extern "C" {
    fn input(to: *mut u8);
    fn output(from: *const u8);
}

// Host calls take places that are multiples of 32 bytes.
#[repr(align(32))]
struct Word([u8; 32]);

#[no_mangle]
pub extern "C" fn run() {
    let mut word = Word([0; 32]);
    unsafe { input(word.0.as_mut_ptr()) };
    let mut n = 0u64;
    for byte in &word.0[24..] {
        n = n << 8 | *byte as u64;
    }
    let mut steps = 0u64;
    while n > 1 {
        n = if n & 1 == 0 { n >> 1 } else { n.wrapping_mul(3).wrapping_add(1) };
        steps += 1;
    }
    let mut answer = Word([0; 32]);
    answer.0[24..].copy_from_slice(&steps.to_be_bytes());
    unsafe { output(answer.0.as_ptr()) };
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
