#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every command and setting is in its manual page, the pages are well-formed, the starter resource
# lists every starter file.
cd "$(dirname "$0")/../.." || exit 1
bad=0
commands=$(sed -n 's/^const Command command_\([a-z]*\) .*/\1/p' cmd/*.c)
settings=$(sed -n 's/^ *{"\([a-z-]*\)", SETTING_.*/\1/p' cmd/settings.c)
reasons=$(sed -n 's/^    {"\([a-z-]*\)", [a-z_]*, VERDICT_.*/\1/p' pipeline/decide.c)
[ -n "$commands" ] && [ -n "$settings" ] && [ -n "$reasons" ] ||
  { echo "no commands, settings or reasons found in the sources"; bad=1; }
for page in doc/*.[0-9]; do
  mandoc -Tlint -W warning "$page" || bad=1
done
for command in $commands; do
  grep -qE "^\.(It|Ss|Sh|Nm erms|Ic|Cm).*\b$command\b" doc/erms.1 || { echo "erms.1: no $command"; bad=1; }
done
for setting in $settings; do
  grep -qE "^\.It.* $setting( |$)" doc/erms.conf.5 || { echo "erms.conf.5: no $setting"; bad=1; }
  grep -qE "^#?$setting = " doc/starter/erms.conf || { echo "doc/starter/erms.conf: no $setting"; bad=1; }
done
for reason in $reasons; do
  grep -qE "^\.It Ic $reason " doc/erms.1 || { echo "erms.1: no objection $reason"; bad=1; }
done
starter=$(mktemp) || exit 1
(cd doc/starter && find erms.conf kb -type f | LC_ALL=C sort) >"$starter"
sed -n 's/.*<file>\(.*\)<\/file>.*/\1/p' doc/starter/starter.gresource.xml | cmp - "$starter" ||
  { echo "starter.gresource.xml and doc/starter differ"; bad=1; }
rm -f "$starter"
exit $bad
