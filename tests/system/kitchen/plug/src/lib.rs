#[no_mangle]
pub extern "C" fn plug_answer() -> i32 {
    kitchen_sys::answer()
}
