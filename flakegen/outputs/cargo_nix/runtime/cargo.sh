# The `cargo` that macros call while a unit is compiled. Some ask it where the workspace is (sqlx for its prepared queries,
# proc-macro-crate for renamed dependencies); the sources of a unit are no whole workspace that cargo could read, so the
# answer is given here. All else goes to cargo itself.
# shellcheck shell=bash

set -eu
manifest=$CARGO_MANIFEST_DIR/Cargo.toml
root=${FLAKEGEN_WORKSPACE:-$CARGO_MANIFEST_DIR}
case "${1:-} $*" in
  "metadata "*--no-deps*)
    printf '{"packages":[],"workspace_members":[],"workspace_default_members":[],"resolve":null,"version":1,"metadata":null,"target_directory":"%s/target","workspace_root":"%s"}\n' "$root" "$root"
    ;;
  "locate-project "*--workspace*--message-format=plain* | "locate-project "*--message-format=plain*--workspace*)
    printf '%s\n' "$root/Cargo.toml"
    ;;
  "locate-project "*--workspace*) printf '{"root":"%s"}\n' "$root/Cargo.toml" ;;
  "locate-project "*--message-format=plain*) printf '%s\n' "$manifest" ;;
  *) exec "$FLAKEGEN_CARGO" "$@" ;;
esac
