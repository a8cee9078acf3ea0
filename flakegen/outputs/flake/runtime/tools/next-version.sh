# next-version: the version that comes after the last release, by what the commits since then say.
# shellcheck shell=bash
usage() {
  cat <<'TEXT'
usage: next-version [OPTION…]

Prints the version after the highest release tag below HEAD. Conventional commits since then say which: a breaking change is a
new major version (before 1.0.0 a new minor one), 'feat' a new minor one, 'fix', 'perf' and 'revert' a new patch; others ask
for none. Without any release tag it is the initial version.

  --rc               print the next release candidate of it instead: 1.2.0-rc.3 where two have tags
  --prefix TEXT      what tags have before the version, as 'v' (nothing)
  --manifest FILE    a Cargo.toml: its version is the next one if it is higher than what the commits ask for
  --initial VERSION  the version of the first release (0.1.0)
  --floor patch      ask for a new patch where there are commits that ask for nothing
  --path PATH        count commits that change something there only; can be given several times
  --repository DIR   the repository (where one stands)

exit status: 0 the version is printed; 1 there is nothing to release; 2 wrong usage; 3 the repository cannot tell: it is none, it is
shallow, or the version has a tag elsewhere
TEXT
}

say() { printf 'next-version: %s\n' "$*" >&2; }
misuse() {
  say "$1 (--help tells more)"
  exit 2
}
fail() {
  say "$1"
  exit 3
}
need() { [ "$2" -ge 2 ] || misuse "$1 needs a value"; }

export LC_ALL=C
number='(0|[1-9][0-9]{0,8})'
version="$number\\.$number\\.$number"

candidate='' prefix='' manifest='' initial=0.1.0 floor='' repository=. places=()
while [ $# -gt 0 ]; do
  case $1 in
    --rc) candidate=yes ;;
    --prefix) need "$1" $# && prefix=$2 && shift ;;
    --manifest) need "$1" $# && manifest=$2 && shift ;;
    --initial) need "$1" $# && initial=$2 && shift ;;
    --floor) need "$1" $# && floor=$2 && shift ;;
    --path) need "$1" $# && places+=(":(top,literal)$2") && shift ;;
    --repository) need "$1" $# && repository=$2 && shift ;;
    --help)
      usage
      exit 0
      ;;
    *) misuse "unexpected argument $1" ;;
  esac
  shift
done
[[ $prefix =~ ^([A-Za-z0-9_][A-Za-z0-9._/-]*)?$ ]] || misuse 'the prefix cannot be that of a tag'
[[ $initial =~ ^$version$ ]] || misuse 'the initial version is none'
[[ $floor =~ ^(patch)?$ ]] || misuse "--floor takes 'patch'"

git() { command git -C "$repository" "$@"; }
git rev-parse --verify --quiet 'HEAD^{commit}' > /dev/null || fail 'there is no repository with a commit here'
[ "$(git rev-parse --is-shallow-repository)" = false ] \
  || fail 'the repository is shallow; bring the rest with git fetch --unshallow --tags'

versions() { # versions PATTERN: those lines of standard input that have the prefix and are of the pattern, without the prefix
  local tag
  while IFS= read -r tag; do
    [[ $tag == "$prefix"* && ${tag#"$prefix"} =~ ^$1$ ]] && printf '%s\n' "${tag#"$prefix"}"
  done
  return 0
}
highest() { sort -t . -k 1,1n -k 2,2n -k 3,3n | tail -n 1; }
is_higher() { [ "$1" != "$2" ] && [ "$(printf '%s\n' "$1" "$2" | highest)" = "$1" ]; }

breaking='^BREAKING[ -]CHANGE:[[:space:]]'
asks_for() { # what the message on standard input asks for: 0 nothing, 1 a patch, 2 a minor version, 3 a major one
  local line subject='' asked=0
  IFS= read -r subject || true
  if [[ $subject =~ ^([A-Za-z]+)(\([^()]+\))?(!?):[[:space:]] ]]; then
    case ${BASH_REMATCH[1],,} in
      feat) asked=2 ;;
      fix | perf | revert) asked=1 ;;
    esac
    [ -z "${BASH_REMATCH[3]}" ] || asked=3
  fi
  while IFS= read -r line || [ -n "$line" ]; do
    [[ ! $line =~ $breaking ]] || asked=3
  done
  printf '%s' "$asked"
}

manifest_version() { # the version of a Cargo.toml: the package's, or what the workspace's members inherit
  local line section='' found=''
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    if [[ $line =~ ^[[:space:]]*\[([^]]*)\] ]]; then
      section=${BASH_REMATCH[1]//[[:space:]]/}
    elif [[ $section =~ ^(package|workspace\.package)$ && $line =~ ^[[:space:]]*version[[:space:]]*=[[:space:]]*[\"\']([^\"\']*)[\"\'] ]]; then
      found=${found:-${BASH_REMATCH[1]}}
    fi
  done < "$1"
  printf '%s' "$found"
}

last=$(git tag --merged HEAD | versions "$version" | highest)
if [ -z "$last" ]; then
  next=$initial
else
  asked=0 commits=0
  while IFS= read -r -d '' message; do
    commits=$((commits + 1))
    one=$(asks_for <<< "$message")
    [ "$one" -le "$asked" ] || asked=$one
  done < <(git log -z --no-show-signature --format=%B "refs/tags/$prefix$last..HEAD" -- "${places[@]}")
  [ "$asked" -gt 0 ] || [ "$commits" -eq 0 ] || [ -z "$floor" ] || asked=1
  IFS=. read -r major minor patch <<< "$last"
  [ "$asked" -ne 3 ] || [ "$major" -gt 0 ] || asked=2
  case $asked in
    0) next=$last ;;
    1) next=$major.$minor.$((patch + 1)) ;;
    2) next=$major.$((minor + 1)).0 ;;
    3) next=$((major + 1)).0.0 ;;
  esac
fi

if [ -n "$manifest" ]; then
  declared=$(manifest_version "$manifest") || misuse "cannot read $manifest"
  [[ $declared =~ ^$version$ ]] || misuse "$manifest has no version of the form 1.2.3"
  if [ -z "$last" ] || is_higher "$declared" "$next"; then next=$declared; fi
fi

if [ "$next" = "$last" ]; then
  say "nothing to release since $prefix$last"
  exit 1
fi
if git show-ref --verify --quiet "refs/tags/$prefix$next"; then
  fail "$prefix$next is a tag already, of a commit that is not below HEAD"
fi
if [ -n "$candidate" ]; then
  before=$(git tag | versions "${next//./\\.}-rc\\.$number" | sort -t . -k 4,4n | tail -n 1)
  next=$next-rc.$((${before:+${before##*.}} + 1))
fi
printf '%s\n' "$next"
