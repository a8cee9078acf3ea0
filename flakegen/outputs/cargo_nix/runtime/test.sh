# One run of a test program, in its package's folder as `cargo test` runs it; its output is what is kept.
# shellcheck shell=bash disable=SC1090,SC2154,SC2164

enter_source
export_package_environment
export_script_output
cd "$manifestDir"
libraries=$("${tools[rustc]}" --print target-libdir)
export LD_LIBRARY_PATH=$libraries DYLD_FALLBACK_LIBRARY_PATH=$libraries
# In the folders of cargo: tests look for the package's programs beside their own.
beside=$NIX_BUILD_TOP/target/debug
mkdir -p "$beside/deps"
for bin in "${!bins[@]}"; do
  set_variable "CARGO_BIN_EXE_$bin" "${bins[$bin]}/bin/$bin"
  ln -s "${bins[$bin]}/bin/$bin" "$beside/$bin"
done
name=${program##*/}
cp "$program" "$beside/deps/${name//-/_}-0000000000000000"
show() {
  printf '     Running %s (%s)\n' "$title" "target/debug/deps/${name//-/_}"
  run "$beside/deps/${name//-/_}-0000000000000000" "${arguments[@]}" 2>&1
}
if ! show | tee "$out"; then
  printf '%s\n' "error: test failed, to rerun pass \`-p $pname $selector\`" >&2
  exit 1
fi
