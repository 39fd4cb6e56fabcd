#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms erase: a person is forgotten, everywhere, at any disturbance, and nobody else is."""
import os, pty, shutil, signal, sqlite3, subprocess, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from erms import *
import limits

KIM, OTTO = 'kim@customer.example', 'otto@other.example'
NAMED = f'Kim Kaspar <{KIM}>'
# What must be nowhere: the address, the name, words of the mail.
TRACES = [b'kim@customer', b'kaspar', b'xylophon', b'zeppelin']
FAULTS = os.environ.get('FAULTS_LIBRARY', str(Path(ERMS).parents[1] / 'tests/libfaults.so'))
MAILBOX = 'authserv-id = mx.shop.example\nsent-folder = Sent'


class Base(ErmsTest):
    def setUp(self):
        type(self).model = None  # the mail that was learned is wanted, not only the model
        super().setUp()
        self.configure(mailbox=MAILBOX)
        archive = self.dir / 'archive/password'
        archive.mkdir(parents=True, exist_ok=True)
        self.archive = archive.parent
        (archive / 'kim.eml').write_bytes(mail(NAMED, 'Zeppelin', 'the zeppelin and the xylophone forgot my password'))
        (archive / 'kim2.eml').write_bytes(mail(NAMED, 'Xylophone', 'a xylophone on the zeppelin, password rejected'))
        self.erms('import', str(self.archive))
        self.erms('train')
        self.erms('train')  # so that there is a former model in any case
        shutil.copy(self.home / 'model/current.model', self.home / 'model/previous.model')
        self.first = question(NAMED, 'Forgot password zeppelin')
        self.deliver(self.first, question(OTTO, 'Forgot password'))
        self.erms('run')
        ours = {sent['to'][0]: parse(sent['mail'])['Message-ID'] for sent in self.smtp.received()}
        self.assertEqual(set(ours), {KIM, OTTO})
        quoting = mail(OTTO, 'Umbrellas', f'Zebras eat purple umbrellas.\n\nOn Monday, Kim Kaspar <{KIM.upper()}> wrote:\n'
                       '> my umbrellas\n', to=f'service@shop.example, {NAMED}')
        self.deliver(riddle(NAMED, 'Xylophone'), quoting, limits.bounce(KIM, ours[KIM]),
                     mail(NAMED, 'Hours', 'Opening hours of the xylophone shop? What time do you close today?'))
        self.erms('run')
        self.strange = self.ticket_of(KIM, 'Xylophone')['ticket']
        self.erms('label', str(self.strange), 'hours')

    def counts(self):
        audit = self.json('audit')
        return {key: value for key, value in audit.items() if key != 'waiting'}, self.json('kb', 'list')

    def traces(self):
        """{place: what is left there}"""
        left = {}
        for path in sorted(self.home.rglob('*')):
            if path.is_file():
                raw = path.read_bytes().lower()
                found = [t for t in TRACES if t in raw or t in raw.replace(b'\0', b'')]
                if found:
                    left[str(path.relative_to(self.home))] = found
        for folder in self.imap.folders('support'):
            for uid, flags, raw in self.imap.messages('support', folder):
                if OTTO.encode() not in raw and [t for t in TRACES if t in raw.lower()]:
                    left[folder, uid] = flags
        return left

    def erase(self, *options, **more):
        return self.json('erase', '--yes', KIM, *options, **more)

    def let_wait(self):
        """An agent's answer to Kim, and an automatic one to Eve, that wait for the SMTP server."""
        (self.dir / 'text').write_text('Hello Kim.')
        self.erms('ticket', 'reply', '--body', str(self.dir / 'text'), str(self.strange), expect=None)
        self.deliver(question('eve@third.example'))
        self.erms('run', expect=UNREACHABLE)
        self.assertIn('approved', {r['state'] for r in self.ticket(self.strange)['replies']})

    def check_gone(self):
        self.assertEqual(self.traces(), {})
        self.assertEqual(self.tickets('--customer', KIM), [])
        mails = len(self.tickets())
        sent = len(self.smtp.received())
        for command in (['run'], ['ticket', 'list', '--all'], ['audit'], ['kb', 'list'], ['breaker'],
                        ['breaker', '--json'], ['check'], ['audit', '--drift'], ['train']):
            self.erms(*command)
            self.assertNotIn('Kim', self.last.stdout + self.last.stderr, command)
        for ticket in self.tickets():
            self.erms('ticket', 'show', str(ticket['ticket']))
            self.ticket(ticket['ticket'])
        self.assertEqual((len(self.tickets()), len(self.smtp.received())), (mails, sent))
        self.assertEqual(self.ticket_of(OTTO, 'Forgot password')['state'], 'answered')
        # What is left is Otto's: his two mails, and the copy of our answer to one of them.
        folders = self.folders()
        self.assertEqual(len(folders.pop('Sent')), 1)
        self.assertEqual(sorted(sum(folders.values(), [])), ['Forgot password', 'Umbrellas'])


class Erase(Base):
    def test_f50_gone_and_counted(self):
        self.assertIn('erms.db', self.traces())
        self.assertTrue([place for place in self.traces() if place[0] == 'Sent'])
        before, states = self.counts(), sorted(t['ticket'] for t in self.tickets())
        model = (self.home / 'model/current.model').read_bytes()
        reader = sqlite3.connect(self.home / 'erms.db')  # so that the log does not go by itself
        self.addCleanup(reader.close)
        self.assertEqual(reader.execute('SELECT count(*) FROM label WHERE message_id ='
                                        ' (SELECT max(message_id) FROM label)').fetchall(), [(1,)])
        done = self.erase()
        self.assertIsNone(self.ticket(self.strange)['label'])
        self.assertEqual({key: done[key] for key in ('tickets', 'mails', 'imported', 'labels', 'suppressions', 'copies',
                                                     'missing', 'homeless', 'marked', 'model', 'mentions')},
                         {'tickets': 3, 'mails': 4, 'imported': 2, 'labels': 3, 'suppressions': 1, 'copies': 1,
                          'missing': 0, 'homeless': 0, 'marked': [], 'model': 'trained', 'mentions': 1})
        self.assertEqual(done['deleted'], 4)
        self.assertGreater(done['waiting'], 0)
        self.assertEqual(self.counts(), before)
        self.assertEqual(sorted(t['ticket'] for t in self.tickets()), states)
        self.assertNotEqual((self.home / 'model/current.model').read_bytes(), model)
        self.assertEqual(sorted(p.name for p in (self.home / 'model').iterdir()), ['current.model', 'lock'])
        self.assertIn('it is the live model already', self.erms('train'))  # that of the mail that is left
        self.check_gone()
        # Otto's mail is his; the address, and the name before it, are not in it any more.
        text = json.dumps(self.ticket_of(OTTO, 'Umbrellas'))
        self.assertIn('purple', text)
        self.assertIn('(erased)', text)
        # The same mail once more is nobody's new ticket.
        self.deliver(self.first)
        self.erms('run')
        self.assertEqual((sorted(t['ticket'] for t in self.tickets()), len(self.smtp.received())), (states, 2))
        # Nobody answers, labels or imports a skeleton.
        self.erms('label', str(self.strange), 'hours', expect=FAILED)
        self.assertIn('was erased', self.last.stderr)
        (self.dir / 'text').write_text('Hello.')
        self.erms('ticket', 'reply', '--again', '--body', str(self.dir / 'text'), str(self.strange), expect=FAILED)
        # A new mail of the person is a new ticket.
        self.deliver(riddle(NAMED, 'Once more'))
        self.erms('run')
        self.assertEqual(self.ticket_of(KIM, 'Once more')['state'], 'open')

    def test_f50_only_counted(self):
        before = (self.home / 'erms.db').read_bytes(), self.folders(), self.tickets()
        self.assertEqual(self.json('erase', '--dry-run', KIM.upper())['mails'], 4)
        self.erms('erase', '-n', KIM)
        self.assertNotIn('ylophone', self.last.stdout)
        self.erms('erase', KIM, expect=USAGE)
        self.erms('erase', '--yes', 'kim', expect=USAGE)
        self.erms('erase', '--yes', 'service@shop.example', expect=USAGE)
        self.assertEqual((self.folders(), self.tickets()), before[1:])
        self.assertEqual(self.json('erase', '--dry-run', 'im@customer.example'),
                         self.json('erase', '--dry-run', 'nobody@customer.example'))

    def test_f50_asks(self):
        for answer, expect in (('no\n', FAILED), ('yes\n', DONE)):
            main, side = pty.openpty()
            command, environment = self._call(['erase', KIM])
            process = subprocess.Popen(command, stdin=side, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env=environment)
            os.write(main, answer.encode())
            out, err = process.communicate(timeout=120)
            os.close(side)
            os.close(main)
            self.assertEqual(process.returncode, expect, err)
            self.assertIn(b'cannot be undone', out)
            self.assertEqual(bool(self.tickets('--customer', KIM)), expect == FAILED)

    def test_f50_no_server(self):
        before = self.traces(), self.tickets(), self.folders()
        self.configure(mailbox=MAILBOX, imap=free_port())
        self.erms('erase', '--yes', KIM, expect=UNREACHABLE)
        self.assertEqual((self.traces(), self.tickets(), self.folders()), before)
        self.configure(mailbox=MAILBOX)
        self.erase()
        self.check_gone()

    def test_f50_moved_by_hand(self):
        with self.imap.boxes['support'].imap() as session:
            session.create('Ignored')
            session.select('Answered')
            status, found = session.uid('SEARCH', 'FROM', '"kim"')
            self.assertEqual(session.uid('MOVE', found[0].split()[0].decode(), 'Ignored')[0], 'OK')
            # Another mail of the very same size, in the same folder: not hers.
            twin = self.first.replace(NAMED.encode(), b'Ann Maison <ann@customer.example>').replace(b'zeppelin', b'umbrella')
            self.assertEqual(len(twin), len(self.first))
            session.append('Ignored', None, None, twin)
        done = self.erase()
        self.assertEqual((done['deleted'], done['missing'], self.traces()), (4, 0, {}))
        self.assertEqual(self.folders()['Ignored'], ['Forgot password umbrella'])

    def test_f50_deleted_by_hand(self):
        with self.imap.boxes['support'].imap() as session:
            session.select('Answered')
            status, found = session.uid('SEARCH', 'FROM', '"kim"')
            session.uid('STORE', found[0].split()[0].decode(), '+FLAGS', '\\Deleted')
            session.expunge()
        done = self.erase()
        self.assertEqual((done['deleted'], done['missing']), (3, 1))
        self.check_gone()

    def test_f50_an_answer_waits(self):
        self.configure(mailbox=MAILBOX, smtp=free_port())
        self.let_wait()
        self.configure(mailbox=MAILBOX)
        self.assertGreater(self.erase()['waiting'], 0)
        self.erms('run')
        self.assertEqual(self.recipients()[2:], ['eve@third.example'])

    def test_f50_too_little_left(self):
        with sqlite3.connect(self.home / 'erms.db') as db:
            db.execute("DELETE FROM label WHERE message_id IN (SELECT id FROM message WHERE from_addr LIKE 'c%.example')")
        db.close()
        shutil.rmtree(self.home / 'kb')
        self.answer('hours/open.en.md', 'title: Hours\nstate: approved\napprover: Erika Beispiel\n---\nWe are open.\n')
        self.erms('erase', '--yes', KIM)
        self.assertIn('all models are deleted', self.last.stdout)
        self.assertEqual([p.name for p in (self.home / 'model').iterdir()], ['lock'])
        self.deliver(question('eve@third.example'))
        self.erms('run')
        self.assertEqual(self.ticket_of('eve@third.example')['messages'][0]['verdict']['reason'], 'no-model')

    def test_f50_imported_again(self):
        (self.archive / 'password/first.eml').write_bytes(self.first)
        self.erase()
        for name in ('kim.eml', 'kim2.eml'):
            (self.archive / 'password' / name).unlink()
        self.erms('import', str(self.archive))
        self.assertIn('1 left out', self.last.stdout)
        self.check_gone()


    def test_f50_killed_while_an_answer_waits(self):
        """Once the servers are being emptied no answer leaves any more."""
        plain = MAILBOX + '\ntls = none'
        self.configure(mailbox=plain, imap=self.imap.port, smtp=free_port())
        self.let_wait()
        command, environment = self._call(['erase', '--yes', KIM])
        environment |= {'FAULTS_PORTS': f'{self.imap.port}=imap', 'LD_PRELOAD': FAULTS, 'FAULTS_HOME': str(self.home),
                        'ASAN_OPTIONS': environment.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'}
        shutil.copytree(self.home, self.dir / 'kept')
        maildir = self.imap.boxes['support'].maildir
        subprocess.run(['cp', '-a', maildir, self.dir / 'kept-mail'], check=True)
        subprocess.run(command, capture_output=True, env=environment | {'FAULTS': f'trace={self.dir / "trace"}'}, check=True)
        point = next(line.split()[0] for line in (self.dir / 'trace').read_text().splitlines() if 'STORE' in line)
        for target, source in ((self.home, 'kept'), (maildir, 'kept-mail')):
            shutil.rmtree(target)
            subprocess.run(['cp', '-a', self.dir / source, target], check=True)
        done = subprocess.run(command, capture_output=True, env=environment | {'FAULTS': f'kill={point}'})
        self.assertEqual(done.returncode, -signal.SIGKILL)
        self.configure(mailbox=MAILBOX)
        self.erms('run')
        self.assertEqual(self.recipients()[2:], ['eve@third.example'])
        self.erase()
        self.assertEqual(self.traces(), {})


class WithoutUidplus(Base):
    imap_options = {'capability': 'IMAP4rev1 LITERAL+ NAMESPACE MOVE AUTH=PLAIN'}

    def test_f50_marked(self):
        done = self.erase()
        self.assertEqual(done['deleted'], 4)
        self.assertIn('Answered', done['marked'])
        self.assertTrue(all('\\Deleted' in flags for flags in self.traces().values()), self.traces())


class Killed(Base):
    def test_f50_at_every_step(self):
        """Killed anywhere: the next one goes on, and nothing is taken anew in between."""
        maildir, kept = self.imap.boxes['support'].maildir, self.dir / 'kept'
        for source, name in ((self.home, 'home'), (maildir, 'mail')):
            subprocess.run(['cp', '-a', source, self.dir / f'kept-{name}'], check=True)
        command, environment = self._call(['erase', '--yes', '--json', KIM])
        ports = {'FAULTS_PORTS': f'{self.imap.tls_port}=imap', 'LD_PRELOAD': FAULTS, 'FAULTS_HOME': str(self.home)}
        environment['ASAN_OPTIONS'] = environment.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'

        def run(faults):
            for target, name in ((self.home, 'home'), (maildir, 'mail')):
                shutil.rmtree(target)
                subprocess.run(['cp', '-a', self.dir / f'kept-{name}', target], check=True)
            return subprocess.run(command, capture_output=True, env=environment | ports | {'FAULTS': faults}).returncode

        trace = self.dir / 'trace'
        self.assertEqual(run(f'trace={trace}'), DONE)
        points = len(trace.read_text().splitlines())
        steps = max(1, points // int(os.environ.get('ERMS_KILLS', '16')))
        before = len(self.tickets())
        for point in range(1, points + 1, steps):
            with self.subTest(point=point):
                self.assertEqual(run(f'kill={point}'), -signal.SIGKILL)
                sent = len(self.smtp.received())
                self.erms('run')  # what the timer would do
                self.assertEqual((len(self.tickets()), len(self.smtp.received())), (before, sent))
                self.erase()
                self.check_gone()


if __name__ == '__main__':
    unittest.main()
