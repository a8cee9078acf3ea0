# In place of a build script's run: what the configuration says the script would have printed, one file a directive.
# shellcheck shell=bash disable=SC1090,SC2154

source "$NIX_ATTRS_SH_FILE"
source "$toolbox/env"
export PATH=$toolPath
out=${outputs[out]}
number=0
mkdir "$out"
for name in "${!said[@]}"; do
  case $name in
    link-arg*) ;;
    *) printf %s "${said[$name]}" >"$out/$name" ;;
  esac
done
# Link arguments are kept as script.sh does: one file, each line with its scope, and a second one of those that travel.
for name in link-arg-cdylib link-arg link-arg-{benches,bins,examples,tests}; do
  scope=${name#link-arg}
  scope=${scope#-}
  while IFS= read -r line && [[ -n $line ]]; do
    printf '%s\n' "${scope:-all} $line" >>"$out/link-arg"
    if [[ $scope == cdylib ]]; then printf '%s\n' "$linksName $((++number)) $line" >>"$out/link-arg-cdylib"; fi
  done <<<"${said[$name]:-}"
done
printf %s "$linksName" >"$out/links"
