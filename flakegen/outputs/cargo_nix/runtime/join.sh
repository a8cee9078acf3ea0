# The programs of several units in one folder.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
printf -v PATH '%s/bin:' "${path[@]}"
export PATH
mkdir -p "${outputs[out]}/bin"
for unit in "${units[@]}"; do ln -s -t "${outputs[out]}/bin" "$unit"/bin/*; done
