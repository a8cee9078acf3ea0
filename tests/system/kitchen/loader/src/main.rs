fn main() { println!("{} {}", rusty::rusty(), kitchen_quiet::QUIET); }
