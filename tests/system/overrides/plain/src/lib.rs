pub const TEXT: &str = "as it was";
