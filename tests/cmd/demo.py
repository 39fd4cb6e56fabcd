#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The fifty mails of the demonstration, against tests/demo/expect.tsv: what must not be answered is not,
no answer is of the wrong category, and most of what can be answered is."""
import sqlite3, sys, unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/lib'))
from erms import *

LEAST_ANSWERED = 16  # of the mails that expect.tsv wants answered


class Demo(ErmsTest):
    def make_home(self):
        self.erms('init', str(self.home), home=None)
        for path in self.home.glob('kb/*/*.md'):
            path.write_text(path.read_text().replace('state: draft', 'state: approved\napprover: Erika Beispiel'))
        (self.home / 'password').write_text('secret\n')
        (self.home / 'password').chmod(0o600)
        with sqlite3.connect(self.home / 'orders.db') as orders:
            orders.executescript((ROOT / 'tests/demo/orders.sql').read_text())
        conf = (ROOT / 'tests/demo/erms.conf').read_text()
        for key, value in {'IMAP_PORT': self.imap.tls_port, 'SMTP_PORT': self.smtp.tls_port,
                           'CA': self.tls.ca, 'USER': 'support'}.items():
            conf = conf.replace(f'@{key}@', str(value))
        (self.home / 'erms.conf').write_text(conf)
        (self.home / 'erms.conf').chmod(0o600)
        self.erms('import', str(ROOT / 'tests/demo/labelled'))
        self.erms('train')

    def test_monday_morning(self):
        rows = [line.split('\t') for line in (ROOT / 'tests/demo/expect.tsv').read_text().splitlines()]
        self.assertEqual(len(rows), 50)
        self.erms('kb', 'check')
        mails = [(ROOT / 'tests/demo/inbox' / row[0]).read_bytes() for row in rows]
        self.deliver(*mails)
        self.erms('run')

        answered = {parse(sent['mail'])['In-Reply-To']: sent for sent in self.smtp.received()}
        outcome = {}
        for ticket in self.tickets():
            shown = self.ticket(ticket['ticket'])
            for message in shown['messages']:
                outcome[f'<{message["message_id"]}>'] = message['verdict']
        right = 0
        for (name, category, wanted, *why), raw in zip(rows, mails):
            with self.subTest(name):
                key = parse(raw)['Message-ID'].strip()
                verdict = outcome[key]
                self.assertEqual(key in answered, verdict['action'] == 'send')
                if key in answered:
                    self.assertEqual(wanted, 'answer', verdict['detail'])
                    self.assertEqual(verdict['category'], category)
                    right += 1
                self.assertEqual(wanted == 'ignore', verdict['action'] == 'ignore', verdict['detail'])
        self.assertGreaterEqual(right, LEAST_ANSWERED)
        # Whose sender nobody knows: nothing personal leaves, and nothing of the mail is repeated.
        keys = {name[:2]: parse(raw)['Message-ID'].strip() for (name, *_), raw in zip(rows, mails)}
        self.assertEqual(outcome[keys['29']]['reason'], 'disclosure')
        self.assertTrue(parse(answered[keys['26']]['mail'])['Subject'].startswith('Your enquiry [#'))
        folders = self.folders()
        self.assertEqual(sum(map(len, folders.values())), 50 + right)  # each in one folder, copies in Sent
        self.assertNotIn('INBOX', folders)


if __name__ == '__main__':
    unittest.main()
