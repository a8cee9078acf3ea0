fn main() {
    println!("{} {}", env!("CARGO_BIN_NAME"), kitchen_app::doubled(1));
}
