#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The code is formatted by .clang-format.
cd "$(dirname "$0")/../.." || exit 1
git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
