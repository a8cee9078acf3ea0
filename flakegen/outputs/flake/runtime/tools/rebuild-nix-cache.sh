# rebuild-nix-cache: has the cache built anew for every open pull request.
# shellcheck shell=bash
usage() {
  cat <<'TEXT'
usage: rebuild-nix-cache --repository OWNER/NAME [OPTION…]

Asks the forge for all open pull requests, and calls the webhook that starts the build of the cache for each of them: a POST
of {"number", "sha", "ref"} as JSON.

  --repository OWNER/NAME  the repository at the forge
  --api URL                the forge's API (https://api.github.com); Forgejo's and Gitea's ends in /api/v1
  --base BRANCH            only pull requests for this branch
  --skip-drafts            no drafts
  --delay SECONDS          the time between two calls (0)
  --timeout SECONDS        how long one answer may take (30)
  --dry-run                only tell for which

The environment has what is secret: WEBHOOK_URL, in which {number} and {sha} stand for the pull request's, and FORGE_TOKEN (or
GITHUB_TOKEN), where the forge wants to know who asks.

exit status: 0 all are started; 1 some calls of the webhook failed; 2 wrong usage; 3 the forge cannot be asked: it refuses,
cannot be reached, or gives no sensible answer
TEXT
}

say() { printf 'rebuild-nix-cache: %s\n' "$*" >&2; }
misuse() {
  say "$1 (--help tells more)"
  exit 2
}
fail() {
  say "$1"
  exit 3
}
need() { [ "$2" -ge 2 ] || misuse "$1 needs a value"; }

repository='' api=https://api.github.com base='' drafts=true delay=0 timeout=30 dry=''
while [ $# -gt 0 ]; do
  case $1 in
    --repository) need "$1" $# && repository=$2 && shift ;;
    --api) need "$1" $# && api=${2%/} && shift ;;
    --base) need "$1" $# && base=$2 && shift ;;
    --skip-drafts) drafts=false ;;
    --delay) need "$1" $# && delay=$2 && shift ;;
    --timeout) need "$1" $# && timeout=$2 && shift ;;
    --dry-run) dry=yes ;;
    --help)
      usage
      exit 0
      ;;
    *) misuse "unexpected argument $1" ;;
  esac
  shift
done

is_url() { [[ $1 =~ ^https?://[!-~]+$ && $1 != *[\"\\]* ]]; } # what can stand between quotes in a configuration of curl
may_be_told() { [[ $api =~ ^(https://|http://(localhost|127\.0\.0\.1|\[::1\])([:/]|$)) ]]; }

[[ $repository =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ ]] || misuse '--repository takes OWNER/NAME'
is_url "$api" || misuse '--api takes an address'
[[ $delay =~ ^[0-9]{1,5}(\.[0-9]{1,3})?$ && $timeout =~ ^[0-9]{1,5}(\.[0-9]{1,3})?$ ]] || misuse '--delay and --timeout take seconds'
webhook=${WEBHOOK_URL:-}
[ -n "$dry" ] || is_url "$webhook" || misuse 'WEBHOOK_URL is no address'
token=${FORGE_TOKEN:-${GITHUB_TOKEN:-}}
[ -z "$token" ] || [[ $token =~ ^[!-~]+$ && $token != *[\"\\]* ]] || misuse 'the token is none'

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "$token" ] && may_be_told; then
  printf 'header = "Authorization: Bearer %s"\n' "$token" > "$work/who"
else
  : > "$work/who"
fi

call() { # call OPTION…: curl with a configuration on standard input, as everybody can see arguments; prints the status
  curl --disable --config - --silent --globoff --proto '=http,https' --max-time "$timeout" --max-filesize 50000000 \
    --write-out '%{http_code}' "$@" || true
}

page_of() { # page_of NUMBER: the file with that page of pull requests
  local status
  status=$({
    cat "$work/who"
    printf 'url = "%s/repos/%s/pulls?state=open&per_page=100&page=%s"\n' "$api" "$repository" "$1"
  } | call --output "$work/page" --header 'Accept: application/json')
  case $status in
    200) ;;
    401 | 403 | 404) fail "the forge refuses to tell of $repository (HTTP $status)" ;;
    000) fail 'the forge cannot be reached in time' ;;
    *) fail "the forge gives no sensible answer (HTTP $status)" ;;
  esac
  jq --exit-status --slurp 'length == 1 and (.[0] | type == "array" and all(.[];
      (.number | type == "number" and . == floor and . > 0) and (.head.sha | type == "string" and test("^[0-9a-f]{40,64}$"))
      and (.base.ref | type == "string")))' "$work/page" > /dev/null 2>&1 || fail 'the forge gives no list of pull requests'
}

: > "$work/all"
for ((page = 1; page <= 1000; page++)); do
  page_of "$page"
  [ "$(jq length "$work/page")" -gt 0 ] || break
  before=$(jq --slurp 'unique_by(.number) | length' "$work/all")
  jq --compact-output '.[]' "$work/page" >> "$work/all"
  [ "$(jq --slurp 'unique_by(.number) | length' "$work/all")" -gt "$before" ] || break # a forge that knows no pages
done
# What others chose, as the name of a branch, goes from jq to curl through files; no shell sees it.
jq --slurp --compact-output --arg base "$base" --argjson drafts "$drafts" \
  'unique_by(.number)[] | select(($base == "" or .base.ref == $base) and ($drafts or .draft != true))
   | {number, sha: .head.sha, ref: .head.ref}' "$work/all" > "$work/chosen"

count=0 failed=0
while IFS= read -r chosen; do
  number=$(jq .number <<< "$chosen")
  sha=$(jq --raw-output .sha <<< "$chosen")
  count=$((count + 1))
  if [ -n "$dry" ]; then
    printf '%s %s\n' "$number" "$sha"
    continue
  fi
  [ "$count" -eq 1 ] || sleep "$delay"
  printf '%s' "$chosen" > "$work/body"
  place=${webhook//'{number}'/"$number"}
  place=${place//'{sha}'/"$sha"}
  status=$(printf 'url = "%s"\n' "$place" \
    | call --output /dev/null --header 'Content-Type: application/json' --data-binary "@$work/body")
  case $status in
    2??) say "started for #$number at $sha" ;;
    *)
      failed=$((failed + 1))
      say "not started for #$number: HTTP $status"
      ;;
  esac
done < "$work/chosen"

say "$count open pull requests, $failed not started"
[ "$failed" -eq 0 ]
