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
status=0
run "$build/bin/$program" >"$log" || status=$?
if ((status)); then cat "$log" >&2; fi
run_hooks postConfigure

errors=0
number=0
fail() {
  printf '%s\n' "error: build script of $pname $version: $1" >&2
  exit 1
}

# Bootstrapping is not for a crate to ask for; a nightly compiler needs none (cargo only warns then).
refuse_bootstrap() {
  local text="Cannot set \`RUSTC_BOOTSTRAP=$1\`: crates cannot set it themselves, as that would subvert Rust's stability guarantees"
  case $("${tools[rustc]}" -V)${RUSTC_BOOTSTRAP:+-nightly} in
    *-nightly* | *-dev*) printf '%s\n' "warning: $pname@$version: $text" >&2 ;;
    *) fail "$text" ;;
  esac
}

declare -A files=()
note() {
  files[$1]+="$2"$'\n'
}

# note_pair KIND: a value that is itself NAME=VALUE.
note_pair() {
  [[ $value == *=* ]] || fail "invalid output, expected NAME=VALUE: $line"
  note "$1" "$value"
}

note_flags() {
  local -a words
  local word operand i
  read -ra words <<<"$value"
  for ((i = 0; i < ${#words[@]}; i++)); do
    word=${words[i]}
    case $word in
      -L | -l) operand=${words[++i]:-} ;;
      -L* | -l*) operand=${word:2} ;;
      *) fail "only -l and -L are allowed in rustc-flags: $value" ;;
    esac
    [[ -n $operand ]] || fail "a flag without a value in rustc-flags: $value"
    case $word in -L*) note search "$operand" ;; *) note link-lib "$operand" ;; esac
  done
}

# Cargo 1.77 brought `cargo::`; a crate for older ones must not rely on it.
need_new_syntax() {
  local minor=${CARGO_PKG_RUST_VERSION#1.}
  minor=${minor%%.*}
  if [[ $CARGO_PKG_RUST_VERSION == 1.* && $minor -lt 77 ]]; then
    fail "\`cargo::\` needs Rust 1.77, and the package says rust-version $CARGO_PKG_RUST_VERSION: $line"
  fi
}

reserved='^(rustc-(flags|link-lib|link-search|link-arg(-cdylib|-bins?|-tests|-benches|-examples)?|cdylib-link-arg|cfg|check-cfg|env)|warning|rerun-if(-env)?-changed)$'
while IFS= read -r line || [[ -n $line ]]; do
  line=${line#"${line%%[![:space:]]*}"}
  line=${line%"${line##*[![:space:]]}"}
  case $line in
    cargo::*) text=${line#cargo::} ;;
    cargo:*) text=${line#cargo:} ;;
    *) continue ;;
  esac
  [[ $text == *=* ]] || fail "invalid output, expected KEY=VALUE: $line"
  key=${text%%=*}
  value=${text#*=}
  case $line in
    cargo::*) need_new_syntax ;;
    *) if [[ ! $key =~ $reserved ]]; then key=metadata value=$text; fi ;;
  esac
  case $key in
    rustc-link-search) note search "$value" ;;
    rustc-link-lib) note link-lib "$value" ;;
    rustc-flags) note_flags ;;
    rustc-link-arg) note link-arg "all $value" ;;
    rustc-link-arg-cdylib | rustc-cdylib-link-arg)
      note link-arg "cdylib $value"
      note link-arg-cdylib "$out $((++number)) $value"
      ;;
    rustc-link-arg-bin)
      [[ $value == *=* ]] || fail "invalid output, expected BIN=ARGUMENT: $line"
      note link-arg "bin-${value%%=*} ${value#*=}"
      ;;
    rustc-link-arg-bins | rustc-link-arg-tests | rustc-link-arg-benches | rustc-link-arg-examples) note link-arg "${key#rustc-link-arg-} $value" ;;
    rustc-cfg) note cfg "$value" ;;
    rustc-check-cfg) note check-cfg "$value" ;;
    rustc-env)
      if [[ $value == RUSTC_BOOTSTRAP=* ]]; then refuse_bootstrap "${value#*=}"; else note_pair env; fi
      ;;
    rerun-if-changed | rerun-if-env-changed) ;;
    warning) printf '%s\n' "warning: $pname@$version: $value" >&2 ;;
    error)
      printf '%s\n' "error: $pname@$version: $value" >&2
      errors=1
      ;;
    metadata) note_pair metadata ;;
    *) fail "unknown directive, in: $line" ;;
  esac
done <"$log"
if ((status || errors)); then exit 1; fi

for file in "${!files[@]}"; do printf %s "${files[$file]}" >"$out/$file"; done
if [[ -n $linksName ]]; then printf %s "$linksName" >"$out/links"; fi
