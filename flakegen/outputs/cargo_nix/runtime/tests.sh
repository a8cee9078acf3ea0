# What all test programs of a check said, in the order in which cargo runs them.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
source "$toolbox/env"
export PATH=$toolPath
if ((${#runs[@]})); then cat "${runs[@]}"; fi | tee "${outputs[out]}"
