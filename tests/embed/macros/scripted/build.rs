use std::{env, fs, path::Path};
fn main() {
    println!("cargo:rerun-if-changed=schemas");
    println!("cargo:rerun-if-changed=../data/shared.txt");
    println!("cargo::rerun-if-changed=build.rs");
    let mut text = fs::read_to_string("proto.txt").unwrap();
    for entry in fs::read_dir("schemas").unwrap() { text += &fs::read_to_string(entry.unwrap().path()).unwrap(); }
    text += &fs::read_to_string(Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("../data/shared.txt")).unwrap();
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("out.txt"), text).unwrap();
}
