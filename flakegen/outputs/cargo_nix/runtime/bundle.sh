# A folder of links to store paths, under names of their own where they are given.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
source "$toolbox/env"
export PATH=$toolPath
out=${outputs[out]}
mkdir "$out"
for index in "${!names[@]}"; do
  mkdir -p "$out/${names[index]%/*}"
  ln -s "${derivations[index]}" "$out/${names[index]}"
done
if [[ -z ${names[*]:-} ]] && ((${#derivations[@]})); then ln -s -t "$out" "${derivations[@]}"; fi
