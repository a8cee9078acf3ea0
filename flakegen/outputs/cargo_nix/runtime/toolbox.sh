# What every unit of a platform sources: where its tools are.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
printf -v PATH '%s:' "${path[@]}"
export PATH=${PATH%:}
out=${outputs[out]}
mkdir "$out"
{
  printf '#!%s\n' "$shell"
  cat "$cargoForUnits"
} >"$out/cargo"
chmod +x "$out/cargo"
{
  printf 'toolPath=%q\n' "$PATH"
  printf 'unitCargo=%q\n' "$out/cargo"
  printf 'declare -A tools=('
  for name in "${!tools[@]}"; do printf '[%q]=%q ' "$name" "${tools[$name]}"; done
  printf ')\n'
} >"$out/env"
