# Makes a program of a script.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
printf -v PATH '%s/bin:' "${path[@]}"
export PATH
mkdir -p "${outputs[out]}/bin"
{
  printf '#!%s\n' "$shell"
  cat "$text"
} >"${outputs[out]}/bin/$program"
chmod +x "${outputs[out]}/bin/$program"
