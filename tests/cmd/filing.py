#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run: where mail is filed, on all kinds of servers."""
import sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *


class Filing(ErmsTest):
    """Where mail goes."""

    def flags(self, subject):
        for _, flags, raw in self.imap.messages('support'):
            if parse(raw)['Subject'] == subject:
                return flags - {'\\Recent'}

    def test_keywords(self):
        self.configure(mailbox='filing = keywords')
        self.deliver(question('kim@customer.example'), riddle('lee@customer.example'),
                     riddle('bot@customer.example', 'Away', Auto_Submitted='auto-replied'))
        self.erms('run')
        wanted = {'Forgot password': {'erms-answered', '\\Seen'}, 'Strange': {'erms-queue-general'},
                  'Away': {'erms-ignored', '\\Seen'}}
        for subject, flags in wanted.items():
            self.assertEqual(self.flags(subject), flags)
        self.assertEqual(self.imap.folders('support'), ['INBOX'])
        self.assertIn('0 new: 0 answered, 0 queued, 0 ignored; 0 sent, 0 waiting, 0 failed, 0 filed',
                      self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)

    def test_keyword_changes_with_the_answer(self):
        self.configure(mailbox='filing = keywords')
        self.deliver(riddle('lee@customer.example'))
        self.erms('run')
        self.erms('ticket', 'reply', '1', '--body', '-', input='Zebras do not eat umbrellas.\n')
        self.assertEqual(self.flags('Strange'), {'erms-answered', '\\Seen'})

    def test_agents_answer_moves_the_mail(self):
        self.deliver(riddle('lee@customer.example'))
        self.erms('run')
        self.erms('ticket', 'reply', '1', '--body', '-', input='Zebras do not eat umbrellas.\n')
        self.assertEqual(self.folders(), {'Answered': ['Strange']})

    def test_folders_of_ones_own(self):
        self.configure(sending='off', mailbox='''answered-folder = Erledigt
ignored-folder = Maschinen/Müll & Späße
queues-folder = Warteschlangen
sent-folder = Gesendete Objekte''', extra='''[queue front-desk]
folder = Empfang/Öffnungszeiten''')
        self.deliver(mail('kim@customer.example', 'Open', 'When are you open on saturday? Opening hours?'),
                     riddle('lee@customer.example'),
                     riddle('bot@customer.example', 'Away', Auto_Submitted='auto-replied'))
        self.erms('run')
        self.assertEqual(self.folders(), {'Empfang/Öffnungszeiten': ['Open'],
                                          'Warteschlangen/general': ['Strange'],
                                          'Maschinen/Müll & Späße': ['Away']})
        number = next(t['ticket'] for t in self.tickets() if t['subject'] == 'Strange')
        self.erms('ticket', 'reply', str(number), '--body', '-', input='No.\n')
        self.assertEqual(self.folders()['Erledigt'], ['Strange'])
        self.assertEqual(len(self.folders()['Gesendete Objekte']), 1)

    def test_umlauts_in_the_folder_that_is_read(self):
        with self.imap.boxes['support'].imap() as session:
            session.create('"Anfragen f&APw-r uns"')
            session.append('"Anfragen f&APw-r uns"', '', None, question('kim@customer.example'))
        self.configure(mailbox='folder = Anfragen für uns')
        self.erms('run')
        self.assertEqual(self.folders(), {'Answered': ['Forgot password']})

    def test_sent_folder(self):
        self.configure(mailbox='sent-folder = Sent')
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        (_, flags, copy), = self.imap.messages('support', 'Sent')
        sent, = self.smtp.received()
        self.assertEqual(copy.strip(), sent['mail'].strip())
        self.assertIn('\\Seen', flags)
        self.assertIn('0 new', self.erms('run'))
        self.assertEqual(len(self.imap.messages('support', 'Sent')), 1)


class PoorServers(ErmsTest):
    """Servers without MOVE, without UIDPLUS, with names below INBOX."""

    def handles(self, **options):
        (self.dir / 'poor').mkdir()
        self.imap.stop()
        self.imap = Dovecot(self.dir / 'poor', tls=self.tls, **options)
        self.addCleanup(self.imap.stop)
        prefix, separator = options.get('prefix', ''), options.get('separator', '/')
        move = self.relay(self.imap.port, b'UID MOVE', 'cut', to_server=True)
        if 'capability' in options:  # Dovecot obeys even if it does not offer it
            self.configure(imap=move.port, mailbox='tls = none')
        else:
            self.configure()
        self.deliver(question('kim@customer.example'), riddle('lee@customer.example'))
        self.erms('run')
        self.assertIn('0 new', self.erms('run'))
        self.assertEqual(self.recipients(), ['kim@customer.example'])
        self.assertEqual(move.hits, 0)
        folders = self.folders()
        left = folders.pop('INBOX', [])
        self.assertEqual(folders, {prefix + 'Answered': ['Forgot password'],
                                   prefix + f'Queues{separator}general': ['Strange']})
        return left

    def test_no_move(self):
        self.assertEqual(self.handles(capability='IMAP4rev1 UIDPLUS'), [])

    def test_no_move_no_uidplus(self):
        """What cannot be expunged alone stays, marked."""
        self.assertEqual(len(self.handles(capability='IMAP4rev1')), 2)
        for _, flags, _ in self.imap.messages('support'):
            self.assertIn('\\Deleted', flags)

    def test_below_inbox(self):
        self.assertEqual(self.handles(prefix='INBOX.', separator='.'), [])


if __name__ == '__main__':
    unittest.main()
