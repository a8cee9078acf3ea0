# In place of a build script's run: what the configuration says the script would have printed, one file a directive.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
source "$toolbox/env"
export PATH=$toolPath
out=${outputs[out]}
mkdir "$out"
for name in "${!said[@]}"; do printf %s "${said[$name]}" >"$out/$name"; done
printf %s "$linksName" >"$out/links"
