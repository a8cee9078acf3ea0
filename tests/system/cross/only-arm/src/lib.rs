pub const NAME: &str = "only-arm";
