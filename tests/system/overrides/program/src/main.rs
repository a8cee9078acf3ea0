fn main() {
    println!("{}", stand_in_hooks::report());
    println!("{} {:?}", plain::TEXT, stand_in_local::CONFIGURED);
}
