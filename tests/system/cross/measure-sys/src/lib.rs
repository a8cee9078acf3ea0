use std::os::raw::c_int;

extern "C" {
    fn measure_pointer() -> c_int;
    fn measure_double(value: c_int) -> c_int;
}

pub fn pointer() -> i32 {
    unsafe { measure_pointer() }
}

pub fn double(value: i32) -> i32 {
    unsafe { measure_double(value) }
}
