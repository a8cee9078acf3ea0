#!/usr/bin/env bats
# End-to-end tests of `lana-cli`, which is taken from PATH. They need no database.

setup() {
  unset VERSION COMMITHASH BUILDTIME DATABASE_URL
}

@test "--version is one line with version, commit and build time" {
  run lana-cli --version
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq 1 ]
  [[ "$output" =~ ^lana-cli\ [0-9]+\.[0-9]+\.[0-9]+\ \(commit\ [^,]+,\ built\ [^\)]+\)$ ]]
}

@test "--version prefers the environment" {
  VERSION=9.9.9 COMMITHASH=0123abc BUILDTIME=2026-01-01T00:00:00Z run lana-cli --version
  [ "$output" = "lana-cli 9.9.9 (commit 0123abc, built 2026-01-01T00:00:00Z)" ]
}

@test "migrations are listed in order, with checksums" {
  run lana-cli migrations
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -ge 3 ]
  [ "$output" = "$(printf '%s\n' "$output" | sort -n)" ]
  for line in "${lines[@]}"; do
    [[ "$line" =~ ^[0-9]+$'\t'[^$'\t']+$'\t'[0-9a-f]{96}$ ]]
  done
}

@test "reports are listed" {
  run lana-cli report list
  [ "$status" -eq 0 ]
  [[ "$output" == *trial-balance* ]]
}

@test "an unknown report is an error" {
  run lana-cli report show nonsense
  [ "$status" -eq 1 ]
  [[ "$output" == *"there is no report 'nonsense'"* ]]
}

@test "simulations repeat and balance" {
  run lana-cli simulate --customers 7 --months 3
  [ "$status" -eq 0 ]
  [[ "$output" == *"The books are balanced."* ]]
  [ "$output" = "$(lana-cli simulate --customers 7 --months 3)" ]
}

@test "without a command there is help, and a failure" {
  run lana-cli
  [ "$status" -eq 2 ]
  [[ "$output" == *"Usage: lana-cli"* ]]
}
