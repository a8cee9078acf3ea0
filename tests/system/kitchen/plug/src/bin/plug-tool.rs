fn main() { println!("plug"); }
