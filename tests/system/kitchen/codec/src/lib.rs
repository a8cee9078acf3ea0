pub const FEATURES: &[&str] = &[
    #[cfg(feature = "extra")]
    "extra",
    #[cfg(feature = "test-only")]
    "test-only",
];
