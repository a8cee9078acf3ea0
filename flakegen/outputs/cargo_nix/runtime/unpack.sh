# A crate's archive as a folder, so that units read their source in place.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
source "$toolbox/env"
export PATH=$toolPath
mkdir "${outputs[out]}"
tar -xzf "$archive" -C "${outputs[out]}" --strip-components=1 --no-same-owner --no-same-permissions
