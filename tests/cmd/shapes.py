#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""All mail of tests/data/mail in one pass of the program: nothing is lost, and what an agent sees of
each is what its NAME.expect says (tests/mail/parse.c has the keys)."""
import sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

DATA = Path(__file__).resolve().parents[1] / 'data/mail'
SHOWN = {'from': 'from', 'name': 'from_name', 'reply': 'reply_to', 'subject': 'subject',
         'text': 'text', 'own': 'own_text', 'message-id': 'message_id'}


def expectations(name):
    """[(key, how, value)] of what the program shows; HOW is is, has or lacks."""
    values, rows = {}, []
    for line in (DATA / f'{name}.expect').read_text().splitlines():
        if line.startswith('#') or ':' not in line:
            continue
        key, _, value = line.partition(':')
        key, _, how = key.partition(' ')
        value = value[1:] if value.startswith(' ') else value
        if key not in SHOWN:
            continue
        if how:
            rows.append((key, how, value))
        else:
            values.setdefault(key, []).append(value)
    return rows + [(key, 'is', '\n'.join(lines)) for key, lines in values.items()]


class Shapes(ErmsTest):
    def setUp(self):
        super().setUp()
        self.names = sorted(path.stem for path in DATA.glob('*.eml'))
        self.deliver(*[(DATA / f'{name}.eml').read_bytes() for name in self.names])
        self.erms('run')

    def test_b_every_shape(self):
        here = sum(len(subjects) for subjects in self.folders().values())
        self.assertEqual(here, len(self.names), 'mail is lost or doubled on the server')
        messages = [m for t in self.tickets() for m in self.ticket(t['ticket'])['messages']]
        for name in self.names:
            with self.subTest(name):
                rows = expectations(name)
                self.assertTrue(any(all(self.holds(m, row) for row in rows) for m in messages),
                                f'no message is as {name}.expect says')

    @staticmethod
    def holds(message, row):
        key, how, value = row
        shown = message[SHOWN[key]] or ''
        return {'is': shown == value, 'has': value in shown, 'lacks': value not in shown}[how]

    def test_nothing_of_it_is_answered_twice(self):
        self.erms('run')
        addresses = self.recipients()
        self.assertEqual(len(addresses), len(set(addresses)))


if __name__ == '__main__':
    unittest.main()
