# One rustc call: compiles one cargo unit from its attributes (see units.nix).
#
# Output of a library: lib/ (rlib, rmeta or shared object), deps (store paths whose lib/ a dependent must search, one a
# line, made from the dependencies' own lists), search (native search paths that travel with it), dylib if it is one.
# Output of anything else: bin/ alone, so that its runtime closure is its own.
# shellcheck shell=bash disable=SC1090,SC2154,SC2164

enter_source
export_package_environment
export CARGO_CRATE_NAME=$crateName
if [[ -n $binary ]]; then export CARGO_BIN_NAME=$binary; fi
if [[ -n ${isPrimary:-} ]]; then export CARGO_PRIMARY_PACKAGE=1; fi
if [[ -n $isTestTarget ]]; then export CARGO_TARGET_TMPDIR=/tmp; fi

args=(--crate-name "$crateName" --edition="$edition" "$main")
for type in "${crateTypes[@]}"; do args+=(--crate-type "$type"); done
if [[ -n $procMacro ]]; then args+=(-C prefer-dynamic); fi
args+=("${profileFlags[@]}" "${lintFlags[@]}")
add_features
args+=(-C metadata="$metadata" -C linker="${tools[linker]}" "--remap-path-prefix=$src=/source/$pname-$version")
if [[ -n $script ]]; then args+=("--remap-path-prefix=$script/out=/out/$pname-$version"); fi
if [[ -n $triple ]]; then args+=(--target "$triple"); fi
add_libraries
add_dylib_paths
args+=("${rustFlags[@]}")
add_native
add_script_output
for bin in "${!bins[@]}"; do set_variable "CARGO_BIN_EXE_$bin" "${bins[$bin]}/bin/$bin"; done

if [[ -n $isLibrary ]]; then
  mkdir -p "$out/lib"
  args+=(-C "extra-filename=$extraFilename" --out-dir "$out/lib" --emit="$emit")
elif [[ $emit == metadata ]]; then
  mkdir -p "$out/lib"
  args+=(--out-dir "$out/lib" --emit="$emit")
else
  mkdir -p "$out/bin"
  args+=(--emit="$emit" -o "$out/bin/$program")
fi
if [[ ${stage:-} == compile ]]; then
  if [[ -z $script ]]; then run_hooks postConfigure; fi
  run_hooks preBuild
fi
if ! run "${tools[$driver]}" "${args[@]}"; then
  if [[ -n $command ]]; then
    printf '%s\n' "note: if a file is missing that the repository has, the generated files are older than it; run: $command" >&2
  fi
  exit 1
fi
if [[ ${stage:-} == compile ]]; then
  run_hooks postBuild
  if [[ -n $installs ]]; then run_hooks preInstall postInstall; fi
fi

if [[ -n $isLibrary ]]; then
  # A procedural macro is complete in itself: its own dependencies end here.
  if [[ -z $procMacro ]]; then
    case " ${crateTypes[*]} " in *" dylib "*) : >"$out/dylib" ;; esac
    if ((${#deps[@]})); then printf '%s\n' "${deps[@]}" >"$out/deps"; fi
    if ((${#search[@]})); then printf '%s\n' "${search[@]}" >"$out/search"; fi
    if ((${#dylibArgs[@]})); then printf '%s\n' "${dylibArgs[@]}" >"$out/link-arg-cdylib"; fi
  fi
elif [[ -n $scrub && ${#dylibs[@]} == 0 ]]; then
  for file in "$out/bin"/*; do scrub_references "$file"; done
fi
