fn main() {
    println!("{}", stand_in_hooks::report());
    println!("{} {:?}", plain::TEXT, stand_in_local::CONFIGURED);
    println!("built at {:?}", option_env!("SOURCE_DATE_EPOCH"));
}
