pub const NAME: &str = "only-x86";
