# The documentation of one target, as `cargo doc` has rustdoc make it.
# shellcheck shell=bash disable=SC1090,SC2154,SC2164

enter_source
export_package_environment
export CARGO_CRATE_NAME=$crateName
if [[ -n $binary ]]; then export CARGO_BIN_NAME=$binary; fi
args=(--edition="$edition" --crate-name "$crateName" "$main" -o "$out")
for type in "${crateTypes[@]}"; do args+=(--crate-type "$type"); done
if [[ -n $triple ]]; then args+=(--target "$triple"); fi
add_features
args+=("${lintFlags[@]}" -C metadata="$metadata")
add_libraries
case " ${linkScopes[*]} " in
  *" bins "*) args+=(--document-private-items -Arustdoc::private-intra-doc-links) ;;
esac
args+=("${rustFlags[@]}")
# Cargo leaves it to a `--crate-version` of the user's own.
case " ${rustFlags[*]}" in *" --crate-version"*) ;; *) args+=(--crate-version "$version") ;; esac
add_script_output
run "${tools[rustdoc]}" "${args[@]}"
rm -f "$out/.lock"
