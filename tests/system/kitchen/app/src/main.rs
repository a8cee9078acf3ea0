extern "C" {
    static kitchen_marker: u8;
}

fn main() {
    println!("{}", kitchen_app::report());
    println!("bin {} marker {}", env!("CARGO_BIN_NAME"), unsafe { &kitchen_marker as *const u8 as usize } != 0);
}
