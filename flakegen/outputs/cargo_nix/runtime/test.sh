# One run of a test program, in its package's folder as `cargo test` runs it; its output is what is kept.
# shellcheck shell=bash disable=SC1090,SC2154,SC2164

source "$NIX_ATTRS_SH_FILE"
source "$common"
enter_source
export_package_environment
cd "$manifestDir"
export CARGO_TARGET_TMPDIR=$NIX_BUILD_TOP
if ! "$program" "${arguments[@]}" >"$NIX_BUILD_TOP/log" 2>&1; then
  cat "$NIX_BUILD_TOP/log" >&2
  exit 1
fi
cp "$NIX_BUILD_TOP/log" "$out"
