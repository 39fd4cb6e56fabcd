#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The code is formatted by .clang-format.
cd "$(dirname "$0")/../.." || exit 1
files=$(git -c safe.directory="$(pwd -P)" ls-files '*.c' '*.h')
[ -n "$files" ] || { echo "git lists no files"; exit 1; }
echo "$files" | xargs clang-format --dry-run -Werror
