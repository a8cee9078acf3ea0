# rustfmt over every target of the workspace's packages, one call an edition.
# shellcheck shell=bash disable=SC1090,SC2154,SC2164

source "$NIX_ATTRS_SH_FILE"
source "$toolbox/env"
export PATH=$toolPath HOME=$NIX_BUILD_TOP
cd "$src${workspace:+/$workspace}"
for edition in "${!targets[@]}"; do
  mapfile -t files <<<"${targets[$edition]}"
  "${tools[rustfmt]}" --check --edition "$edition" "${arguments[@]}" "${files[@]}"
done
: >"${outputs[out]}"
