#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run, as an operator runs it: from an IMAP mailbox to a sent answer or a queue."""
import sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *


class Run(ErmsTest):
    def test_answers_queues_and_ignores(self):
        self.deliver(
            vouched(mail('Kim Muster <kim@customer.example>', 'Forgot password', 'I forgot my password, cannot log in.')),
            mail('lee@customer.example', 'Strange', 'Zebras eat purple umbrellas under water.'),
            mail('bot@customer.example', 'Away', 'I am away.', Auto_Submitted='auto-replied'))
        out = self.erms('run')
        self.assertIn('3 new: 1 answered, 1 queued, 1 ignored; 1 sent, 0 waiting, 0 failed', out)

        sent, = self.smtp.received()
        self.assertEqual((sent['from'], sent['to']), ('', ['kim@customer.example']))
        answer = parse(sent['mail'])
        self.assertEqual(answer['From'], 'Corner Shop <service@shop.example>')
        self.assertEqual(answer['Auto-Submitted'], 'auto-replied')
        self.assertIn('Dear Kim Muster,', answer.get_content())
        ticket = self.tickets()[0]
        self.assertEqual(answer['Subject'], f'Re: Forgot password [#{ticket["token"]}]')
        self.assertEqual(self.folders(), {'Answered': ['Forgot password'], 'Ignored': ['Away'],
                                          'Queues/general': ['Strange']})

    def test_second_run_does_nothing(self):
        self.deliver(mail('kim@customer.example', 'Password', 'I forgot my password, cannot log in.'))
        self.erms('run')
        self.assertIn('0 new: 0 answered', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)

    def test_dry_run_changes_nothing(self):
        self.deliver(mail('kim@customer.example', 'Password', 'I forgot my password, cannot log in.'))
        before = {p: p.read_bytes() for p in self.home.rglob('*') if p.is_file() and 'erms.db' not in p.name}
        out = self.erms('run', '--dry-run')
        self.assertIn('1 new: 1 would be answered', out)
        self.assertIn('password/reset.en', out)
        self.assertEqual(self.tickets(), [])
        self.assertEqual(self.smtp.received(), [])
        (uid, flags, raw), = self.imap.messages('support')
        self.assertNotIn('\\Seen', flags)
        self.assertEqual(self.imap.folders('support'), ['INBOX'])
        for path, data in before.items():
            self.assertEqual(path.read_bytes(), data, path)
        self.erms('run')
        self.assertEqual(len(self.smtp.received()), 1)

    def test_sending_off_suggests(self):
        self.configure(sending='off')
        self.deliver(mail('kim@customer.example', 'Password', 'I forgot my password, cannot log in.'))
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])
        self.assertIn('sending is switched off', self.tickets()[0]['why'])


if __name__ == '__main__':
    unittest.main()
