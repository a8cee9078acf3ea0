# One run of a build script: keeps OUT_DIR as out/ and what the script printed, one file a directive (see read_lines).
# The rules: Cargo book, "Build Scripts"; cargo's custom_build.rs for the corners.
# shellcheck shell=bash disable=SC1090,SC2154,SC2164

enter_source
export_package_environment
mkdir -p "$out/out"

# Cargo book, "Environment variables Cargo sets for build scripts".
export OUT_DIR=$out/out NUM_JOBS=${NIX_BUILD_CORES:-1} RUSTC=${tools[rustc]} RUSTDOC=${tools[rustdoc]}
source "$platformEnvironment"
for name in "${!scriptEnv[@]}"; do export "$name=${scriptEnv[$name]}"; done
CARGO_CFG_FEATURE=$(IFS=,; printf %s "${features[*]}")
export CARGO_CFG_FEATURE
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; printf %s "${rustFlags[*]}")
export CARGO_ENCODED_RUSTFLAGS
if [[ -n $linksName ]]; then export CARGO_MANIFEST_LINKS=$linksName; fi
for feature in "${features[@]}"; do
  name=${feature^^}
  set_variable "CARGO_FEATURE_${name//-/_}" 1
done
for unit in "${linked[@]}"; do
  if [[ -e $unit/links && -e $unit/metadata ]]; then
    theirs=$(<"$unit/links")
    theirs=${theirs^^}
    while IFS= read -r line; do
      key=${line%%=*}
      key=${key^^}
      set_variable "DEP_${theirs//-/_}_${key//-/_}" "${line#*=}"
    done <"$unit/metadata"
  fi
done

cd "$manifestDir"
log=$NIX_BUILD_TOP/output
if ! run "$build/bin/$program" >"$log"; then
  cat "$log" >&2
  exit 1
fi
run_hooks postConfigure

fail() {
  printf '%s\n' "error: build script of $pname $version: $1" >&2
  exit 1
}

declare -A files=()
note() {
  files[$1]+="$2"$'\n'
}
while IFS= read -r line || [[ -n $line ]]; do
  line=${line#"${line%%[![:space:]]*}"}
  line=${line%"${line##*[![:space:]]}"}
  case $line in
    cargo::*) strict=1 line=${line#cargo::} ;;
    cargo:*) strict='' line=${line#cargo:} ;;
    *) continue ;;
  esac
  [[ $line == *=* ]] || fail "invalid output: $line"
  key=${line%%=*}
  value=${line#*=}
  case $key in
    rustc-link-search) note search "$value" ;;
    rustc-link-lib) note link-lib "$value" ;;
    rustc-flags)
      read -ra words <<<"$value"
      for ((i = 0; i < ${#words[@]}; i++)); do
        word=${words[i]}
        case $word in
          -L | -l) operand=${words[++i]:-} ;;
          -L* | -l*) operand=${word:2} ;;
          *) fail "only -l and -L are allowed in rustc-flags: $value" ;;
        esac
        case $word in -L*) note search "$operand" ;; *) note link-lib "$operand" ;; esac
      done
      ;;
    rustc-link-arg | rustc-link-arg-bins | rustc-link-arg-tests | rustc-link-arg-benches | rustc-link-arg-examples | rustc-link-arg-cdylib) note "${key#rustc-}" "$value" ;;
    rustc-cdylib-link-arg) note link-arg-cdylib "$value" ;;
    rustc-link-arg-bin)
      [[ $value == *=* ]] || fail "invalid output: $line"
      note "link-arg-bin-${value%%=*}" "${value#*=}"
      ;;
    rustc-cfg) note cfg "$value" ;;
    rustc-check-cfg) note check-cfg "$value" ;;
    rustc-env)
      [[ $value == *=* ]] || fail "invalid output: $line"
      [[ ${value%%=*} != RUSTC_BOOTSTRAP ]] || fail 'RUSTC_BOOTSTRAP may not be set by a build script'
      note env "$value"
      ;;
    rerun-if-changed | rerun-if-env-changed) ;;
    warning) printf '%s\n' "warning: $pname@$version: $value" >&2 ;;
    error) fail "$value" ;;
    metadata)
      if [[ -n $strict ]]; then
        [[ $value == *=* ]] || fail "invalid output: $line"
        note metadata "$value"
      else
        note metadata "$key=$value"
      fi
      ;;
    *)
      [[ -z $strict ]] || fail "unknown directive cargo::$key"
      note metadata "$key=$value"
      ;;
  esac
done <"$log"

for file in "${!files[@]}"; do printf %s "${files[$file]}" >"$out/$file"; done
if [[ -n $linksName ]]; then printf %s "$linksName" >"$out/links"; fi
