#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tally.py FOLDER OUT STATUS: counts the single tests of one `meson test` run in the build FOLDER, which
ended with STATUS. Writes "FAILED name" and "skipped name" lines and, last, "PASSED FAILED".

The single tests are what the programs print: TAP, or Python's unittest -v. A program that failed without
a failed test in it (crash, leak, time-out) counts as one failure, and so does a program that never ran."""
import json, re, subprocess, sys
from pathlib import Path

FINE = ('OK', 'EXPECTEDFAIL', 'SKIP')
TAP = re.compile(r'^(not )?ok \d+(?: - | )?([^#\n]*?) *(?:# *(SKIP|TODO)\b.*)?$', re.M | re.I)
RAN = re.compile(r'^Ran (\d+) tests? in ', re.M)
BROKEN = re.compile(r'^(?:FAIL|ERROR|UNEXPECTED SUCCESS): (\w+)', re.M)
SKIPPED = re.compile(r'^(.*) \.\.\. skipped ', re.M)


def count(program):
    """(passed, names of failed, names of skipped) of one line of testlog.json."""
    out, talk = program.get('stdout') or '', program.get('stderr') or ''
    good, bad, skipped = 0, [], []
    for no, name, mark in TAP.findall(out):
        if mark:
            skipped.append(name)
        elif no:
            bad.append(name)
        else:
            good += 1
    for ran in RAN.findall(talk):
        bad += dict.fromkeys(BROKEN.findall(talk))  # one with several bad subtests counts once
        skipped += SKIPPED.findall(talk)
        good += int(ran) - sum(not name.startswith('setUp') for name in bad + skipped)
    if program['result'] not in FINE and not bad:
        bad.append(program['result'])
    if program['result'] == 'SKIP' and not skipped:
        skipped.append('all')
    return good or int(not bad and not skipped), bad, skipped


def tally(programs, expected, status):
    """The lines to write; PROGRAMS: parsed testlog.json, EXPECTED: names of the test programs."""
    lines, good, failed = [], 0, 0
    for program in programs:
        passed, bad, skipped = count(program)
        good, failed = good + passed, failed + len(bad)
        lines += [f'FAILED  {program["name"]}: {name}' for name in bad]
        lines += [f'skipped {program["name"]}: {name}' for name in skipped]
    missing = set(expected) - {program['name'].split(' / ')[-1] for program in programs}
    lines += [f'FAILED  {name}: did not run' for name in sorted(missing)]
    failed += len(missing)
    if not failed and (status or not programs):
        failed = 1
        lines.append('FAILED  meson test itself')
    return lines + [f'{good} {failed}']


def main(folder, out, status):
    log = Path(folder, 'meson-logs/testlog.json')
    programs = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    known = subprocess.run(['meson', 'introspect', '--tests', folder], stdout=subprocess.PIPE, check=False)
    expected = [test['name'] for test in json.loads(known.stdout or '[]')]
    Path(out).write_text('\n'.join(tally(programs, expected, int(status))) + '\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
