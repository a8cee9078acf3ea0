# CARGO_CFG_* as the toolchain itself answers for a platform (Cargo book, "Environment variables Cargo sets for build
# scripts"), and with it the variables that follow from the platform alone. Sourced by script.sh.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
printf -v PATH '%s:' "${path[@]}"
export PATH=${PATH%:}
out=${outputs[out]}
# Cargo asks for all crate types at once; with procedural macros among them, rustc leaves crt-static out on musl.
crateTypes=(--crate-type={bin,rlib,dylib,cdylib,staticlib,proc-macro})
declare -A values=()
names=()
while IFS= read -r line; do
  name=${line%%=*}
  name=${name^^}
  case $name in PROC_MACRO | DEBUG_ASSERTIONS | FEATURE) continue ;; esac
  value=
  if [[ $line == *=* ]]; then
    value=${line#*=\"}
    value=${value%\"}
  fi
  if [[ -v values[$name] ]]; then
    values[$name]+=,$value
  else
    values[$name]=$value
    names+=("$name")
  fi
done < <("$rustc" - "${crateTypes[@]}" --print=cfg --target "$triple" "${rustFlags[@]}" </dev/null)
for name in "${names[@]}"; do printf 'export CARGO_CFG_%s=%q\n' "${name//-/_}" "${values[$name]}"; done >"$out"
for name in "${!environment[@]}"; do printf 'export %s=%q\n' "$name" "${environment[$name]}"; done >>"$out"
