fn main() {
    std::process::exit(plug::features() as i32);
}
