# A folder of links to store paths.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
source "$toolbox/env"
export PATH=$toolPath
mkdir "${outputs[out]}"
if ((${#derivations[@]})); then ln -s -t "${outputs[out]}" "${derivations[@]}"; fi
