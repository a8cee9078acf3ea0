# check-latest-commit: whether what is checked out is still the newest of its pull request or branch.
# shellcheck shell=bash
usage() {
  cat <<'TEXT'
usage: check-latest-commit [OPTION…]

Asks the remote repository which commit a pull request or branch is at, and compares it with the one that is checked out.
Without --pull, --branch and --ref it goes by what Concourse's pull-request resource left in .git/resource.

  --pull NUMBER     the pull request
  --branch NAME     the branch
  --ref REF         any other ref, as refs/merge-requests/7/head
  --commit COMMIT   the commit that is compared (HEAD, or what the resource says)
  --remote REMOTE   a remote's name or address (origin)
  --timeout SECONDS how long the answer may take (60)
  --repository DIR  the repository (where one stands)

exit status: 0 it is the latest; 1 there is a newer one; 2 wrong usage; 3 the remote cannot be asked, or has no such ref
TEXT
}

say() { printf 'check-latest-commit: %s\n' "$*" >&2; }
misuse() {
  say "$1 (--help tells more)"
  exit 2
}
fail() {
  say "$1"
  exit 3
}
need() { [ "$2" -ge 2 ] || misuse "$1 needs a value"; }

refs=() commit='' remote=origin timeout=60 repository=.
while [ $# -gt 0 ]; do
  case $1 in
    --pull)
      need "$1" $#
      [[ $2 =~ ^[1-9][0-9]{0,9}$ ]] || misuse '--pull takes a number'
      refs+=("refs/pull/$2/head")
      shift
      ;;
    --branch) need "$1" $# && refs+=("refs/heads/$2") && shift ;;
    --ref) need "$1" $# && refs+=("$2") && shift ;;
    --commit) need "$1" $# && commit=$2 && shift ;;
    --remote) need "$1" $# && remote=$2 && shift ;;
    --timeout)
      need "$1" $#
      [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || misuse '--timeout takes seconds'
      timeout=$2
      shift
      ;;
    --repository) need "$1" $# && repository=$2 && shift ;;
    --help)
      usage
      exit 0
      ;;
    *) misuse "unexpected argument $1" ;;
  esac
  shift
done
[ "${#refs[@]}" -le 1 ] || misuse 'give one of --pull, --branch and --ref'

git() { command git -C "$repository" "$@"; }
folder=$(git rev-parse --absolute-git-dir 2> /dev/null) || fail 'there is no repository here'

left() { # left NAME: what the resource left, if it did
  local text=''
  [ ! -f "$folder/resource/$1" ] || IFS= read -r text < "$folder/resource/$1" || true
  printf '%s' "$text"
}
if [ "${#refs[@]}" -eq 0 ]; then
  pull=$(left pr)
  [[ $pull =~ ^[1-9][0-9]{0,9}$ ]] || misuse 'no --pull, --branch or --ref given, and no resource says which'
  refs=("refs/pull/$pull/head")
  [ -n "$commit" ] || commit=$(left head_sha) # the resource merges it into the base
fi
ref=${refs[0]}
git check-ref-format "$ref" || misuse "$(printf '%q' "$ref") can be no ref"
mine=$(git rev-parse --verify --quiet --end-of-options "${commit:-HEAD}^{commit}") \
  || misuse "$(printf '%q' "${commit:-HEAD}") is no commit here"

export GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND=${GIT_SSH_COMMAND:-ssh -o BatchMode=yes}
said=$(mktemp)
trap 'rm -f "$said"' EXIT
if ! answer=$(timeout "$timeout" git -C "$repository" ls-remote -- "$remote" "$ref" 2> "$said"); then
  sed -E 's,://[^/@ ]*@,://,g' "$said" >&2 # an address may hold a password
  fail 'the remote cannot be asked'
fi

latest=''
while IFS=$'\t' read -r hash name; do
  [ "$name" != "$ref" ] || latest=$hash
done <<< "$answer"
[[ $latest =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]] || fail "the remote has no $ref"
if [ "$latest" != "$mine" ]; then
  say "$ref is at $latest by now, not at $mine"
  exit 1
fi
say "$mine is the latest of $ref"
