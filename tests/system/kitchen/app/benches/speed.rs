fn main() {
    println!("{} {}", env!("CARGO_TARGET_TMPDIR"), env!("CARGO_BIN_EXE_kitchen-app"));
}
