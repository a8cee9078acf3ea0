#[cfg(target_arch = "aarch64")]
use only_arm as only;
#[cfg(target_arch = "x86_64")]
use only_x86 as only;

extern "C" {
    fn limit() -> std::os::raw::c_int;
}

fn main() {
    println!("{}", include_str!(concat!(env!("OUT_DIR"), "/told.txt")));
    println!("macros on {}", macros::compiled_on!());
    println!("program on {} with {} and {}", std::env::consts::ARCH, shared::FEATURES.join(" "), only::NAME);
    println!("pointers of {} bits, twice 21 is {}, at most {}", measure_sys::pointer(), measure_sys::double(21), unsafe {
        limit()
    });
}
