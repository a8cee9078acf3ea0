//! ```
//! assert_eq!(kitchen_app::doubled(4), 8);
//! ```

include!(concat!(env!("OUT_DIR"), "/made.rs"));

/// Twice as much; see [`kitchen_sys::answer`].
pub fn doubled(n: i32) -> i32 {
    n * 2
}

#[kitchen_macros::counted]
pub fn nothing() {}

pub fn report() -> String {
    let mut lines = vec![
        format!("version {} {} {}", env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_VERSION_PRE"), env!("CARGO_PKG_VERSION_MINOR")),
        format!("authors {}", env!("CARGO_PKG_AUTHORS")),
        format!("description {:?}", env!("CARGO_PKG_DESCRIPTION")),
        format!("crate {}", env!("CARGO_CRATE_NAME")),
        format!("words {WORDS:?} features {FEATURES:?} at build {AT_BUILD}"),
        format!("script saw {}", env!("SCRIPT_SAW")),
        format!("sys root {} fancy {} dash {}", env!("SYS_ROOT"), cfg!(fancy), env!("odd-name")),
        format!("sys at build {} answer {}", kitchen_sys::AT_BUILD, kitchen_sys::answer()),
        format!("outside {}", outside::who()),
        format!("file {}", file!()),
        format!("flag {}", cfg!(kitchen_flag)),
        format!("aside {}", kitchen_aside::ASIDE),
        format!("configured {} {}", env!("KITCHEN_PLAIN"), env!("KITCHEN_FORCED")),
        format!("count {}", NOTHING_COUNT),
        format!("stamp {:?}", option_env!("KITCHEN_STAMP")),
    ];
    #[cfg(feature = "kit")]
    lines.push(format!("kit {:?}", kit::FEATURES));
    lines.push(format!("debug assertions {}", cfg!(debug_assertions)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn dev_features_are_on() {
        assert!(kit::FEATURES.contains(&"test-only"));
    }

    #[test]
    fn fixtures_are_there() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/words.txt");
        assert!(std::fs::read_to_string(path).unwrap().contains("salt"));
        assert!(std::path::Path::new("data/words.txt").exists());
    }
}
