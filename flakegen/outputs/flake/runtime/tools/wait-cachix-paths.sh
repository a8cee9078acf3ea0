# wait-cachix-paths: waits until a binary cache has some store paths.
# shellcheck shell=bash
usage() {
  cat <<'TEXT'
usage: wait-cachix-paths [OPTION…] [PATH|INSTALLABLE…]

Waits until a binary cache has every path: it asks for <cache>/<hash>.narinfo, and believes only an answer that is about
that path. An INSTALLABLE (it has a '#') stands for what it would be built to; Nix evaluates it, and nothing is built.

  --cache CACHE        its address, or the name of a cache of cachix.org
  --paths-file FILE    further paths, one a line; '-' is standard input
  --attempts N         how often it is asked for, at most (60)
  --delay SECONDS      the time between two attempts (10)
  --exponential        double that time after each attempt
  --max-delay SECONDS  up to so much (300)
  --timeout SECONDS    how long one answer may take (30)

A cache that wants to know who asks is told CACHIX_AUTH_TOKEN, through https or on this machine only.

exit status: 0 all paths are there; 1 some are not, in time; 2 wrong usage; 3 the cache cannot be asked: it refuses, cannot be
reached, or gives no sensible answer
TEXT
}

say() { printf 'wait-cachix-paths: %s\n' "$*" >&2; }
misuse() {
  say "$1 (--help tells more)"
  exit 2
}
need() { [ "$2" -ge 2 ] || misuse "$1 needs a value"; }

milliseconds() { # milliseconds OPTION SECONDS: so many, of a number with up to three decimals
  [[ $2 =~ ^([0-9]{1,6})(\.([0-9]{1,3}))?$ ]] || misuse "$1 takes seconds"
  local fraction=${BASH_REMATCH[3]}000
  printf '%s' "$((10#${BASH_REMATCH[1]} * 1000 + 10#${fraction:0:3}))"
}
pause() { sleep "$(($1 / 1000)).$(printf '%03d' "$(($1 % 1000))")"; }

cache='' attempts=60 delay=10000 longest=300000 timeout=30000 exponential='' files=() paths=()
while [ $# -gt 0 ]; do
  case $1 in
    --cache) need "$1" $# && cache=$2 && shift ;;
    --paths-file) need "$1" $# && files+=("$2") && shift ;;
    --attempts)
      need "$1" $#
      [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || misuse '--attempts takes a number from 1'
      attempts=$2
      shift
      ;;
    --delay)
      need "$1" $#
      delay=$(milliseconds "$1" "$2") || exit 2
      shift
      ;;
    --max-delay)
      need "$1" $#
      longest=$(milliseconds "$1" "$2") || exit 2
      shift
      ;;
    --timeout)
      need "$1" $#
      timeout=$(milliseconds "$1" "$2") || exit 2
      shift
      ;;
    --exponential) exponential=yes ;;
    --help)
      usage
      exit 0
      ;;
    --)
      shift
      paths+=("$@")
      break
      ;;
    -?*) misuse "unknown option $1" ;;
    *) paths+=("$1") ;;
  esac
  shift
done

case $cache in
  '') misuse 'no --cache given' ;;
  http://* | https://*) [[ $cache =~ ^[!-~]+$ && $cache != *[\"\\]* ]] || misuse 'the address of the cache is none' ;;
  *)
    [[ $cache =~ ^[a-z0-9][a-z0-9-]*$ ]] || misuse 'the cache is neither an address nor a name'
    cache=https://$cache.cachix.org
    ;;
esac
cache=${cache%/}

for file in "${files[@]}"; do
  [ "$file" = - ] && file=/dev/stdin
  while IFS= read -r line || [ -n "$line" ]; do
    [ -z "${line//[[:space:]]/}" ] || paths+=("$line")
  done < "$file" || misuse "cannot read $file"
done
[ "${#paths[@]}" -gt 0 ] || misuse 'no paths given'

declare -A path_of=()
for path in "${paths[@]}"; do
  if [[ $path == *'#'* && $path != /*/*-* ]]; then
    path=$(nix eval --raw "$path.outPath") || misuse "Nix cannot evaluate $path"
  fi
  [[ $path =~ ^/[^[:cntrl:]]*/([0-9a-df-np-sv-z]{32})-[0-9A-Za-z+._?=-]+(/[^[:cntrl:]]*)?$ ]] \
    || misuse "$(printf '%q' "$path") is no store path"
  path_of[${BASH_REMATCH[1]}]=$path
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
answers=$work/answers

credentials() { # what curl is told of who asks; in a file, as arguments can be seen by everybody
  local token=${CACHIX_AUTH_TOKEN:-}
  [ -n "$token" ] || return 0
  [[ $token =~ ^[!-~]+$ && $token != *[\"\\]* ]] || misuse 'CACHIX_AUTH_TOKEN is no token'
  [[ $cache =~ ^(https://|http://(localhost|127\.0\.0\.1|\[::1\])([:/]|$)) ]] || return 0
  printf 'header = "Authorization: Bearer %s"\n' "$token"
}
(umask 077 && credentials > "$work/who") || exit 2

is_about() { # is_about HASH: is the answer a description of the path?
  local key='' value=''
  [ -s "$answers/$1" ] || return 1
  while IFS=' ' read -r key value; do
    if [ "$key" = StorePath: ]; then
      [[ $value == */"$1"-* ]] && return 0
      return 1
    fi
  done < <(tr -d '\000\r' < "$answers/$1")
  return 1
}

ask() { # ask HASH…: one run of curl for all; a line for each, with the status of the answer (000: none)
  local hash
  rm -rf "$answers"
  mkdir "$answers"
  for hash in "$@"; do
    printf 'url = "%s/%s.narinfo"\noutput = "%s/%s"\n' "$cache" "$hash" "$answers" "$hash"
  done > "$work/questions"
  curl --disable --config "$work/who" --config "$work/questions" --silent --no-progress-meter --globoff --parallel --parallel-max 16 --location \
    --max-redirs 5 --proto '=http,https' --proto-redir '=http,https' --max-filesize 1000000 \
    --max-time "$((timeout / 1000)).$(printf '%03d' "$((timeout % 1000))")" \
    --write-out '%{http_code} %{filename_effective}\n' || true # each answer is looked at
}

for ((attempt = 1; ; attempt++)); do
  missing=() trouble=''
  declare -A status_of=()
  while read -r status file; do
    status_of[${file##*/}]=$status
  done < <(ask "${!path_of[@]}")
  for hash in "${!path_of[@]}"; do
    status=${status_of[$hash]:-000}
    case $status in
      200)
        if is_about "$hash"; then
          say "there: ${path_of[$hash]}"
          unset "path_of[$hash]"
          continue
        fi
        trouble='it gives answers that are no descriptions of paths'
        ;;
      404 | 410) ;;
      401 | 403)
        say "$cache refuses to tell (HTTP $status)"
        exit 3
        ;;
      408 | 425 | 429 | 5??) trouble="it has trouble (HTTP $status)" ;;
      000) trouble='it cannot be reached in time' ;;
      *)
        say "$cache gives no sensible answer (HTTP $status)"
        exit 3
        ;;
    esac
    missing+=("${path_of[$hash]}")
  done
  [ "${#missing[@]}" -gt 0 ] || exit 0
  say "attempt $attempt of $attempts: ${#missing[@]} still missing${trouble:+; $trouble}"
  [ "$attempt" -lt "$attempts" ] || break
  pause "$delay"
  [ -z "$exponential" ] || delay=$((delay * 2 < longest ? delay * 2 : longest))
done

printf '%s\n' "${missing[@]}" | sort
if [ -n "$trouble" ]; then
  say "giving up on $cache: $trouble"
  exit 3
fi
exit 1
