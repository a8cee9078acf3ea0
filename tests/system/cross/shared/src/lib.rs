pub const FEATURES: &[&str] = &[
    #[cfg(feature = "in-build-scripts")]
    "in-build-scripts",
    #[cfg(feature = "in-macros")]
    "in-macros",
    #[cfg(feature = "in-programs")]
    "in-programs",
];
