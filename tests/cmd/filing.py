#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run: where mail is filed, on all kinds of servers."""
import re, sqlite3, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *
from proxy import Refuser, Saboteur


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


class Forgetful(Refuser):
    """A server that does not tell of the last mail of a COPYUID, and refuses what REFUSE says."""

    def _relay(self, source, sink, bad):
        if not bad:
            return super()._relay(source, sink, bad)
        while data := source.recv(65536):
            sink.sendall(re.sub(rb'(COPYUID \d+) (\d+):\d+ (\d+):\d+\]', rb'\1 \2 \3]', data))


class Interrupted(ErmsTest):
    """Moves that ended in the middle, or of which the server does not tell all."""

    def through(self, relay, more=''):
        self.addCleanup(relay.stop)
        self.configure(imap=relay.port, mailbox='tls = none\n' + more)

    def query(self, sql):
        with sqlite3.connect(self.home / 'erms.db') as db:
            return db.execute(sql).fetchall()

    def poor(self):
        """A server without MOVE."""
        (self.dir / 'poor').mkdir()
        self.imap.stop()
        self.imap = Dovecot(self.dir / 'poor', tls=self.tls, capability='IMAP4rev1 UIDPLUS')
        self.addCleanup(self.imap.stop)

    def assertTracked(self, folder='Queues/general'):
        """Each mail in FOLDER is known by its UID, and is what it is thought to be."""
        known = dict(self.query(f"SELECT p.uid, m.subject FROM place p JOIN message m ON m.id = p.message_id "
                                f"WHERE p.folder = '{folder}' AND p.uid > 0"))
        lies = {uid: parse(raw)['Subject'] for uid, _, raw in self.imap.messages('support', folder)
                if parse(raw)['From'] != 'foreign@customer.example'}
        self.assertEqual(known, lies)
        self.assertEqual(self.query('SELECT * FROM move'), [])

    def reorder(self, *foreign):
        """Others put mail into the target before ours."""
        ours = [raw for _, _, raw in self.imap.messages('support', 'Queues/general')]
        with self.imap.boxes['support'].imap() as session:
            session.select('Queues/general')
            session.store('1:*', '+FLAGS', '\\Deleted')
            session.expunge()
            for raw in (*foreign, *ours):
                session.append('Queues/general', '', None, raw)

    def test_found_again_by_what_they_are(self):
        """All kinds of Message-IDs, or none; foreign mail of the same size is not ours."""
        ids = {'plain': '<plain@x.example>', 'bare': 'bare123@x.example', 'comment': '(a) <comment@x.example> (b)',
               'two': '<two@x.example> <three@x.example>', 'folded': '\r\n <folded@x.example>'}
        mails = [riddle('kim@customer.example', name, Message_ID=None) for name in ids]
        mails = [b'Message-ID: ' + id.encode() + b'\r\n' + raw for id, raw in zip(ids.values(), mails)]
        none = mail('kim@customer.example', 'none', 'Zebras eat umbrellas.', Message_ID=None)
        large = mail('kim@customer.example', 'large', 'Zebras eat purple umbrellas.\r\n' * 4000 + 'End 1', Message_ID=None)
        self.deliver(*mails, none, large)
        self.through(Saboteur(self.imap.port, rb'UID MOVE', 'lose'))
        self.erms('run', expect=UNREACHABLE)
        self.assertEqual(len(self.imap.messages('support', 'Queues/general')), 7)
        self.assertEqual(len(self.query('SELECT * FROM move')), 1)
        foreign = lambda raw, old, new: raw.replace(b'kim@customer.example', b'foreign@customer.example').replace(old, new)
        stored = {parse(raw)['Subject']: raw for _, _, raw in self.imap.messages('support', 'Queues/general')}
        other = stored['none'].replace(b'Zebras', b'Tigers')
        self.reorder(other.replace(b'Subject: none', b'Subject: evil'), stored['large'].replace(b'End 1', b'End 2').replace(
            b'Subject: large', b'Subject: again'))
        self.configure()
        self.erms('run')
        self.assertEqual(self.query('SELECT * FROM move'), [])
        lies = {uid: parse(raw)['Subject'] for uid, _, raw in self.imap.messages('support', 'Queues/general')}
        known = dict(self.query("SELECT p.uid, m.subject FROM place p JOIN message m ON m.id = p.message_id "
                                "WHERE p.folder = 'Queues/general' AND p.uid > 0"))
        self.assertEqual(known, {uid: subject for uid, subject in lies.items() if subject not in ('evil', 'again')})
        self.assertEqual(len(known), 7)

    def test_found_again_by_the_message_id_alone(self):
        """Of a mail that is too large only the header was read."""
        for name, id in ('stub', 'bare123@x.example'), ('other', '(a) <other@x.example>'):
            raw = mail('kim@customer.example', name, 'Zebras eat purple umbrellas.\r\n' * 4000, Message_ID=None)
            self.deliver(b'Message-ID: ' + id.encode() + b'\r\n' + raw)
        self.through(Saboteur(self.imap.port, rb'UID MOVE', 'lose'), 'max-size = 50k')
        self.erms('run', expect=UNREACHABLE)
        folder, = self.folders()
        self.configure()
        self.erms('run')
        self.assertTracked(folder)

    def test_only_what_is_there_is_deleted(self):
        """Between COPY and EXPUNGE; of two mails of one size the second alone is in the target."""
        self.poor()
        mails = [mail('kim@customer.example', subject, 'Zebras eat purple umbrellas.', Message_ID=f'<{subject}@x.example>')
                 for subject in ('first', 'other')]
        self.assertEqual(*map(len, mails))
        self.deliver(*mails)
        self.through(Saboteur(self.imap.port, rb'UID STORE', 'close'))
        self.erms('run', expect=UNREACHABLE)
        self.assertEqual(self.folders(), {'INBOX': ['first', 'other'], 'Queues/general': ['first', 'other']})
        with self.imap.boxes['support'].imap() as session:
            session.select('Queues/general')
            session.store('1', '+FLAGS', '\\Deleted')
            session.expunge()
        self.configure()
        self.erms('run')
        self.assertEqual({f: sorted(s) for f, s in self.folders().items()}, {'Queues/general': ['first', 'other']})
        self.assertTracked()

    def test_a_known_mail_is_not_the_copy_of_another(self):
        """The same mail twice; one is moved while the other is refused."""
        twin, selected = riddle('kim@customer.example'), []
        self.deliver(twin)
        self.erms('run')
        self.deliver(twin)

        def refuse(line):
            if re.search('SELECT', line):
                selected.append(line)
            if 'UID MOVE' in line and 'INBOX' in selected[-1]:
                return 'NO not now'
        self.through(Refuser(self.imap.port, refuse))
        self.erms('run', expect=FAILED)
        self.erms('ticket', 'reply', '1', '--body', '-', input='Zebras do not eat umbrellas.\n', expect=None)
        self.assertEqual(self.folders(), {'INBOX': ['Strange'], 'Answered': ['Strange']})
        self.assertEqual(len(self.query('SELECT * FROM move')), 1)
        self.configure()
        self.erms('run')
        self.assertEqual(self.folders(), {'Answered': ['Strange'] * 2})
        self.assertEqual(len(self.query("SELECT uid FROM place WHERE folder = 'Answered' AND uid > 0")), 2)

    def test_a_target_without_status(self):
        self.deliver(question('ann@customer.example'), riddle('kim@customer.example'))
        self.through(Refuser(self.imap.port, lambda line: 'NO no such right' if ' STATUS ' in line else None))
        self.erms('run')
        self.assertEqual(self.folders(), {'Answered': ['Forgot password'], 'Queues/general': ['Strange']})
        self.assertTracked()

    def test_a_target_that_nobody_may_look_into_stops_nothing(self):
        """An interrupted move to it is given up with a word; all other mail goes where it ought to."""
        self.poor()
        self.deliver(riddle('kim@customer.example'))
        self.through(Saboteur(self.imap.port, rb'UID STORE', 'close'))
        self.erms('run', expect=UNREACHABLE)
        self.assertEqual(len(self.query('SELECT * FROM move')), 1)
        self.deliver(question('ann@customer.example'))
        self.through(Refuser(self.imap.port, lambda line: 'NO no such right'
                             if re.search('SELECT "?Queues', line) else None))
        self.erms('run')
        self.assertRegex(self.last.stderr, 'Queues/general.*no such right.*interrupted')
        folders = self.folders()
        self.assertEqual(folders.pop('Answered'), ['Forgot password'])
        self.assertEqual(set(folders), {'Queues/general'})  # twice, perhaps, but there
        self.assertEqual(self.query('SELECT * FROM move'), [])
        self.erms('run')
        self.assertEqual(self.last.stderr, '')

    def test_what_the_server_told_is_kept(self):
        for refused in (None, 'NO no such right'):
            self.deliver(*(riddle(f'kim{i}{bool(refused)}@customer.example', f'Mail {i}') for i in range(3)))
            self.through(Forgetful(self.imap.port, lambda line: refused if re.search('SELECT "?Queues', line) else None))
            self.erms('run')
            if not refused:
                self.assertTracked()
        uids = self.query('SELECT uid FROM place ORDER BY id')
        self.assertEqual(uids, [(1,), (2,), (3,), (4,), (0,), (0,)])
        self.assertRegex(self.last.stderr, 'where the mail lies there is not known')


if __name__ == '__main__':
    unittest.main()
