#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# doc/SECURITY.md names tests that are there: every `tests/FILE: NAME` in it is found in that file, and
# every row of its table of hard cases names one.
cd "$(dirname "$0")/../.." || exit 1
bad=0
page=doc/SECURITY.md
names=$(mktemp) || exit 1
trap 'rm -f "$names"' EXIT
grep -o '`tests/[^`]*`' "$page" | tr -d '`' | sort -u >"$names"
[ -s "$names" ] || { echo "$page names no tests"; bad=1; }
while IFS= read -r line; do
  file=${line%%: *} name=${line#*: }
  if [ ! -f "$file" ]; then
    echo "$page: no file $file"; bad=1
  elif [ "$name" != "$line" ] && ! grep -qF -- "$name" "$file"; then
    echo "$page: $file has no $name"; bad=1
  fi
done <"$names"
for case in A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 B11 B12 B13 B14 B15 B16 B17 B18 B19 C20 C21 C22 C23 C24 C25 C26 \
  D27 D28 D29 D30 D31 D32 D33 D34 D35 D36 D37 D38 D39 D40 E41 E42 E43 E44 F45 F46 F47 F48 F49 F50; do
  grep -qE "^\| $case \|.*(\`tests/|not yet)" "$page" || { echo "$page: no test for $case"; bad=1; }
done
exit $bad
