#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lets the targets of tests/fuzz search: run.sh BUILD SECONDS [NAME…], two at a time. BUILD is a build
# folder of clang. One line for each target, "ok NAME: N executions" or "FAILED NAME: …"; what was found
# is kept in BUILD/fuzz-finds/, and fails the target. What is only new (the corpus) stays in
# BUILD/fuzz-corpus/NAME/ and helps the next time.
set -uo pipefail
[ $# -ge 2 ] || { echo "usage: $0 BUILD SECONDS [NAME…]" >&2; exit 64; }
build=$(cd "$1" && pwd) || exit 1
seconds=$2
shift 2
cd "$(dirname "$0")/../.." || exit 1

ninja -C "$build" fuzz tests/fuzz/test-fuzz-{model,charset,wire} >"$build/fuzz.log" 2>&1 ||
  { tail -n 40 "$build/fuzz.log"; echo "FAILED build of the targets"; exit 1; }
mkdir -p "$build/fuzz-finds"
names=("$@")
[ $# -gt 0 ] || for path in "$build"/tests/fuzz/fuzz-*; do
  [ -x "$path" ] && [ -f "$path" ] && names+=("${path##*/fuzz-}")
done

one() { # NAME
  local name=$1 corpus="$build/fuzz-corpus/$1" log="$build/fuzz-$1.log" inputs status done_
  mkdir -p "$corpus"
  [ ! -x "$build/tests/fuzz/test-fuzz-$name" ] || "$build/tests/fuzz/test-fuzz-$name" --write "$corpus"
  inputs=("$corpus" "tests/data/fuzz/$name")
  case $name in mime | header) inputs+=(tests/data/mail) ;; esac
  G_DEBUG=fatal-criticals LC_ALL=C.UTF-8 ASAN_OPTIONS=detect_leaks=1 \
    "$build/tests/fuzz/fuzz-$name" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=5 \
    -max_len=16384 -print_final_stats=1 -artifact_prefix="$build/fuzz-finds/$name-" \
    "${inputs[@]}" >"$log" 2>&1
  status=$?
  done_=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if [ $status = 0 ]; then
    echo "ok $name: ${done_:-?} executions"
  else
    echo "FAILED $name: after ${done_:-?} executions"
    grep -E '^(==[0-9]+==ERROR|SUMMARY|ERROR:|Test unit written|\*\*)|runtime error' "$log" | head -n 8
  fi
}
export -f one
export build seconds
printf '%s\n' "${names[@]}" | xargs -P 2 -I{} bash -c 'one {}' | tee "$build/fuzz-result"
! grep -q '^FAILED' "$build/fuzz-result"
