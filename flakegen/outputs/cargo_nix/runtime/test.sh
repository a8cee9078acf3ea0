# One run of a test program, in its package's folder as `cargo test` runs it; its output is what is kept.
# shellcheck shell=bash disable=SC1090,SC2154,SC2164

enter_source
export_package_environment
cd "$manifestDir"
libraries=$("${tools[rustc]}" --print target-libdir)
export LD_LIBRARY_PATH=$libraries DYLD_FALLBACK_LIBRARY_PATH=$libraries
for bin in "${!bins[@]}"; do set_variable "CARGO_BIN_EXE_$bin" "${bins[$bin]}/bin/$bin"; done
if ! run "$program" "${arguments[@]}" >"$NIX_BUILD_TOP/log" 2>&1; then
  cat "$NIX_BUILD_TOP/log" >&2
  exit 1
fi
cp "$NIX_BUILD_TOP/log" "$out"
