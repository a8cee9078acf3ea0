fn main() {
    println!("second {}", kitchen_app::doubled(21));
}
