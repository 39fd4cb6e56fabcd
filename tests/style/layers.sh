#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may include whom (doc/HACKING.md): a room's files include only the rooms named here. And: SQL
# only in models/ (lookups run the operator's), SPDX lines, no long files.
cd "$(dirname "$0")/../.." || exit 1
bad=0
complain() { echo "$*"; bad=1; }
list() { git -c safe.directory="$(pwd -P)" ls-files "$@"; }
code=$(list '*.c' '*.h')
others=$(list '*.py' '*.sh' 'meson.build' '*/meson.build' demo check .ci/run)
[ -n "$code" ] && [ -n "$others" ] || { echo "git lists no files"; exit 1; }

allow() { # ROOM ALLOWED…
  room=$1; shift
  pattern=$(echo "$room $*" | tr ' ' '|')
  found=$(grep -nE '^#include "' "$room"/*.[ch] | grep -vE "#include \"($pattern)/")
  [ -z "$found" ] || complain "$room/ may include only: $room $*
$found"
}
allow models
allow classifier
allow mail models
allow kb classifier
allow pipeline models mail classifier kb
allow cmd models mail classifier kb pipeline

found=$(grep -lE 'sqlite3_|"(SELECT|INSERT|UPDATE|DELETE) ' classifier/*.c mail/*.c pipeline/*.c cmd/*.c)
[ -z "$found" ] || complain "SQL outside models/: $found"

for file in $code $others; do
  head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || complain "$file: no SPDX line"
done
for file in $code; do
  [ "$(wc -l <"$file")" -le 560 ] || complain "$file: over 560 lines"
done
exit $bad
