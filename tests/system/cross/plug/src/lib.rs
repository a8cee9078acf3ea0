const TEXT: &str = concat!("compiled on ", macros::compiled_on!());

/// Where a text stands in memory that says where this was compiled; `text_length` is its length.
#[no_mangle]
pub extern "C" fn text() -> *const u8 {
    TEXT.as_ptr()
}

#[no_mangle]
pub extern "C" fn text_length() -> usize {
    TEXT.len()
}

#[no_mangle]
pub extern "C" fn features() -> usize {
    shared::FEATURES.len()
}

#[no_mangle]
pub extern "C" fn pointer_bits() -> usize {
    usize::BITS as usize
}
