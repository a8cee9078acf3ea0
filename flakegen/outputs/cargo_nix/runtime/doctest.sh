# The examples in a library's documentation, compiled and run as `cargo test --doc` does.
# shellcheck shell=bash disable=SC1090,SC2154,SC2164

enter_source
export_package_environment
export CARGO_CRATE_NAME=$crateName CARGO_PRIMARY_PACKAGE=1
args=(--test --crate-name "$crateName" --edition="$edition" "$main" --test-run-directory "$manifestDir")
for type in "${crateTypes[@]}"; do args+=(--crate-type "$type"); done
args+=(-C linker="${tools[linker]}")
add_features
add_libraries
if [[ -n $procMacro ]]; then args+=(--extern proc_macro); fi
add_script_output
if ! run "${tools[rustdoc]}" "${args[@]}" >"$NIX_BUILD_TOP/log" 2>&1; then
  cat "$NIX_BUILD_TOP/log" >&2
  exit 1
fi
mkdir "$out"
cp "$NIX_BUILD_TOP/log" "$out/log"
