# The examples in a library's documentation, compiled and run as `cargo test --doc` does.
# shellcheck shell=bash disable=SC1090,SC2154,SC2164

enter_source
export_package_environment
export CARGO_CRATE_NAME=$crateName
args=(--test --crate-name "$crateName" --edition="$edition" "$main" --test-run-directory "$manifestDir")
for type in "${crateTypes[@]}"; do args+=(--crate-type "$type"); done
args+=(-C linker="${tools[linker]}" "${profileFlags[@]}" "${lintFlags[@]}")
if [[ -n $triple ]]; then args+=(--target "$triple"); fi
add_features
add_libraries
add_native
add_script_output
args+=("${rustFlags[@]}")
show() {
  printf '   Doc-tests %s\n' "$crateName"
  run "${tools[rustdoc]}" "${args[@]}" 2>&1
}
if ! show | tee "$out"; then
  printf '%s\n' "error: doctest failed, to rerun pass \`-p $pname --doc\`" >&2
  exit 1
fi
