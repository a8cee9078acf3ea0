pub const AT_BUILD: bool = cfg!(feature = "at-build");

extern "C" {
    #[link_name = "answer"]
    fn c_answer() -> std::os::raw::c_int;
}

pub fn answer() -> i32 {
    unsafe { c_answer() }
}
