fn main() {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_second-tool")).output().unwrap();
    assert_eq!(String::from_utf8(out.stdout).unwrap(), "second 42\n");
    println!("test result: ok. 1 passed");
}
