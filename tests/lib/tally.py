#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tally.py JUNIT OUT STATUS: counts the tests of one `meson test` run, subtests where it knows them.
Writes "FAILED name" lines and, last, "PASSED FAILED"; a run that failed counts at least one."""
import sys
import xml.etree.ElementTree as tree

junit, out, status = sys.argv[1:]
good, bad, lines = 0, 0, []
try:
    for suite in tree.parse(junit).getroot().iter('testsuite'):
        for case in suite.iter('testcase'):
            if case.find('failure') is not None or case.find('error') is not None:
                bad += 1
                lines.append(f'FAILED  {suite.get("name")}: {case.get("name")}')
            elif case.find('skipped') is None:
                good += 1
except (OSError, tree.ParseError) as problem:
    lines.append(f'FAILED  {junit}: {problem}')
    bad += 1
if status != '0' and bad == 0:
    bad = 1
    lines.append('FAILED  meson test itself')
with open(out, 'w') as file:
    print(*lines, f'{good} {bad}', sep='\n', file=file)
