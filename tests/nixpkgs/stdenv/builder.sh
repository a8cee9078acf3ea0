# The builder of every stand-in derivation: attributes as variables, then the phases.
if [ -n "${NIX_ATTRS_SH_FILE:-}" ]; then
  . "$NIX_ATTRS_SH_FILE"
  for variable in "${!env[@]}"; do export "$variable=${env[$variable]}"; done
fi
. "$stdenv/setup"
genericBuild
