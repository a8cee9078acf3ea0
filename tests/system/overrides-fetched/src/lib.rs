extern "C" {
    fn measure_double(value: std::os::raw::c_int) -> std::os::raw::c_int;
}

pub fn report() -> String {
    let text = "as written";
    let patched = "no";
    let flags = [cfg!(one), cfg!(two), cfg!(three), cfg!(in_script), cfg!(feature = "of-override")];
    let env = [option_env!("STAND_IN_CONFIGURED"), option_env!("STAND_IN_BUILDING"), option_env!("STAND_IN_TRUE")];
    format!(
        "{text}, patched: {patched}\nflags {flags:?}\nenv {env:?}\n{}twice 4 is {}",
        include_str!(concat!(env!("OUT_DIR"), "/made.txt")),
        unsafe { measure_double(4) },
    )
}
