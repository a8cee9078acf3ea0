# makeWrapper PROGRAM WRAPPER FLAG…, wrapProgram PROGRAM FLAG…: with nixpkgs' flags, refusing others.

makeWrapper() {
  local program=$1 wrapper=$2 before=() after=() lines=() name=
  shift 2
  [ -x "$program" ] || { echo "makeWrapper: cannot wrap '$program' because it is not an executable file" >&2; return 1; }
  needs() { [ "$1" -ge "$2" ] || { echo "makeWrapper: $3 needs $(($2 - 1)) values" >&2; return 1; }; }
  while [ $# -gt 0 ]; do
    case $1 in
      --set) needs $# 3 "$1"; lines+=("export $2=${3@Q}"); shift 3 ;;
      --set-default) needs $# 3 "$1"; lines+=("export $2=\${$2-${3@Q}}"); shift 3 ;;
      --unset) needs $# 2 "$1"; lines+=("unset $2"); shift 2 ;;
      --chdir) needs $# 2 "$1"; lines+=("cd ${2@Q}"); shift 2 ;;
      --run) needs $# 2 "$1"; lines+=("$2"); shift 2 ;;
      --prefix) needs $# 4 "$1"; lines+=("export $2=${4@Q}\${$2:+${3@Q}\$$2}"); shift 4 ;;
      --suffix) needs $# 4 "$1"; lines+=("export $2=\${$2:+\$$2${3@Q}}${4@Q}"); shift 4 ;;
      --add-flag) needs $# 2 "$1"; before+=("${2@Q}"); shift 2 ;;
      --append-flag) needs $# 2 "$1"; after+=("${2@Q}"); shift 2 ;;
      --add-flags) needs $# 2 "$1"; before+=("$2"); shift 2 ;;
      --append-flags) needs $# 2 "$1"; after+=("$2"); shift 2 ;;
      --argv0) needs $# 2 "$1"; name="-a ${2@Q}"; shift 2 ;;
      --inherit-argv0) name='-a "$0"'; shift ;;
      --resolve-argv0) shift ;;
      *) echo "makeWrapper doesn't understand the arg $1" >&2; return 1 ;;
    esac
  done
  mkdir -p "$(dirname "$wrapper")"
  { printf '#!%s\n' "$SHELL"
    [ ${#lines[@]} -eq 0 ] || printf '%s\n' "${lines[@]}"
    printf 'exec %s %q %s "$@" %s\n' "$name" "$program" "${before[*]}" "${after[*]}"; } > "$wrapper"
  chmod +x "$wrapper"
}

makeBinaryWrapper() { makeWrapper "$@"; }
makeShellWrapper() { makeWrapper "$@"; }

wrapProgram() {
  local program=$1
  local hidden=${program%/*}/.${program##*/}-wrapped
  shift
  mv "$program" "$hidden"
  makeWrapper "$hidden" "$program" --inherit-argv0 "$@"
}
