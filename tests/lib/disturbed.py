# SPDX-License-Identifier: Apache-2.0
"""A mixed batch that is handled again and again, each time with another disturbance, and what must
be true afterwards (check()). One Dovecot and one SMTP server serve all rounds; each round has its
own users and its own copy of a home that was trained once.

    class T(DisturbedTest):
        def test_something(self):
            round = self.round()
            round.run(faults='kill=100', expect=KILLED)
            round.settle()
"""
import contextlib, hashlib, itertools, os, re, shutil, signal, sqlite3, subprocess, threading, unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import batch
from erms import *

KILLED = -signal.SIGKILL
FAULTS = os.environ.get('FAULTS_LIBRARY', str(Path(ERMS).parents[1] / 'tests/libfaults.so'))
RAM = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
ACCOUNTS = {'support': 's', 'sales': 'v'}
SANITIZED = os.environ.get('SANITIZED') == '1'
FOLDERS = {'answered': '.Answered', 'ignored': '.Ignored', 'unreadable': '.Unreadable'}

MORE = '''max-size = 50k
{mailbox}
[mailbox sales]
host = localhost
port = {imap}
tls = none
user = v{n}
password-file = password
max-size = 50k
{mailbox}
'''


def content(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Round:
    """One copy of the home and of both accounts."""

    def __init__(self, test, number, **ports):
        self.test, self.number = test, number
        self.dir = Path(test.space, f'round{number}')
        shutil.copytree(test.pristine, self.dir, copy_function=shutil.copy)
        self.home = self.dir / 'home'
        self.faults_log = self.dir / 'hit'
        self.boxes, self.by_hand = {}, set()  # by_hand: addresses that an agent answered
        for account, letter in ACCOUNTS.items():
            self.boxes[account] = test.clone_box(account, f'{letter}{number}')
        self.configure(**ports)

    def configure(self, mailbox='', smtp_extra='', general='', imap=None, smtp=None):
        test = self.test
        imap, smtp = imap or test.imap.port, smtp or test.smtp.port
        self.ports = f'{imap}=imap,{smtp}=smtp'
        text = test.conf_text(self.number, imap, smtp, mailbox, smtp_extra, general)
        (self.home / 'erms.conf').write_text(text)
        (self.home / 'erms.conf').chmod(0o600)

    def run(self, faults=None, expect=DONE, timeout=120, command=('run',), input=None, below='.'):
        """Runs the program; returns the CompletedProcess. expect: a code, several, or None; below: what
        in the home is read-only for erofs."""
        environment = {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC',
                       'G_DEBUG': 'fatal-criticals', 'HOME': str(self.dir)}
        environment |= {k: v for k, v in os.environ.items() if 'SAN_OPTIONS' in k}
        if faults:
            environment |= {'LD_PRELOAD': FAULTS, 'FAULTS': faults, 'FAULTS_LOG': str(self.faults_log),
                            'FAULTS_PORTS': self.ports, 'FAULTS_HOME': os.path.realpath(self.home / below)}
            environment['ASAN_OPTIONS'] = environment.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'
        done = subprocess.run([ERMS, '-C', str(self.home), *command], capture_output=True, text=True,
                              env=environment, timeout=timeout, input=input)
        if expect is not None:
            codes = expect if isinstance(expect, tuple) else (expect,)
            self.test.assertIn(done.returncode, codes, f'{faults}\n{done.stdout}\n{done.stderr}')
        return done

    def trace(self, **options):
        """(the CompletedProcess, names of its points) of an undisturbed run."""
        file = self.dir / 'trace'
        file.unlink(missing_ok=True)
        done = self.run(faults=f'trace={file}', **options)
        return done, [line.split(' ', 1)[1] for line in file.read_text().splitlines()]

    def hit(self):
        """Name of the last point that killed; None: none did."""
        if not self.faults_log.exists():
            return None
        return self.faults_log.read_text().splitlines()[-1].split(' ', 1)[1]

    def query(self, sql, *args):
        with contextlib.closing(sqlite3.connect(self.home / 'erms.db')) as db:
            return db.execute(sql, args).fetchall()

    def sent(self):
        """[(recipient, Message-ID)] of what left in this round."""
        return self.test.sent_of(self.number)

    def mails(self, account):
        """[(folder as on disk, content)] of all mails of others that are not marked \\Deleted."""
        found = []
        for path in self.boxes[account].glob('**/*'):
            folder = path.parent.parent.name  # of INBOX: Maildir
            if path.parent.name in ('cur', 'new') and 'T' not in path.name.rpartition(':2,')[2] and folder != '.Sent':
                found.append((folder, content(path)))
        return found

    def state(self):
        """What the database says, for comparing with the undisturbed round."""
        return {
            'digests': Counter(d for d, in self.query('SELECT digest FROM message WHERE ticket_id IS NOT NULL')),
            'tickets': Counter(tuple(sorted(group.split(','))) for group, in self.query(
                'SELECT group_concat(digest) FROM message WHERE ticket_id IS NOT NULL GROUP BY ticket_id')),
            'count': self.query('SELECT count(*) FROM ticket')[0][0],
        }

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        for box in self.boxes.values():
            shutil.rmtree(box.parent, ignore_errors=True)

    # What must be true.

    def settle(self, runs=2, last=DONE):
        """Undisturbed runs, of which the last one says nothing is left to do, and all is well."""
        for _ in range(runs):
            done = self.run(expect=None)
        self.test.assertEqual(done.returncode, last, done.stderr)
        self.check()
        return done

    def check(self):
        for check in (self.check_mails, self.check_rows, self.check_answers, self.check_places):
            check()

    def check_mails(self):
        """Every mail lies in exactly one folder, none is lost."""
        for account in ACCOUNTS:
            now, before = Counter(mail for _, mail in self.mails(account)), self.test.originals[account]
            self.test.assertEqual(sorted((before - now).elements()), [], f'lost from {account}')
            self.test.assertEqual(sorted((now - before).elements()), [], f'doubled in {account}')

    def check_rows(self):
        test, usual = self.test, self.test.usual
        test.assertEqual(self.query('PRAGMA integrity_check'), [('ok',)])
        test.assertEqual(self.query('PRAGMA foreign_key_check'), [])
        state = self.state()
        test.assertEqual(state['digests'], usual['digests'])
        test.assertEqual(state['count'], usual['count'])
        test.assertEqual(state['tickets'], usual['tickets'])
        test.assertEqual(self.query('SELECT id FROM message WHERE ticket_id IS NOT NULL AND (SELECT count(*)'
                                    ' FROM verdict WHERE message_id = message.id) <> 1'), [])
        test.assertEqual(self.query("SELECT id, state FROM reply WHERE state IN ('approved', 'sending')"), [])

    def check_answers(self):
        """At most one answer to each, the right ones, and what nobody can know is at a human."""
        test, sent = self.test, self.sent()
        test.assertEqual([to for to, n in Counter(to for to, _ in sent).items() if n > 1], [])
        test.assertEqual([i for i, n in Counter(i for _, i in sent).items() if n > 1], [])
        left = {id for _, id in sent}
        strangers = {to for to, _ in sent} - test.usual['recipients'] - self.by_hand
        test.assertEqual(strangers, set(), 'nobody else is answered')
        for address in test.usual['recipients'] - {to for to, _ in sent}:
            test.assertTrue(self.query("SELECT 1 FROM ticket WHERE customer = ? AND state = 'open'"
                                       " AND queue IS NOT NULL", address), f'{address} is forgotten')
        for id, mail_id, state, ticket, queue, filing in self.query(
                'SELECT reply.id, mail_id, reply.state, ticket.state, ticket.queue, message.filing FROM reply'
                ' JOIN ticket ON ticket.id = reply.ticket_id JOIN message ON message.id = reply.message_id'
                ' WHERE reply.origin IS NOT NULL AND reply.id > ?', test.usual['last_reply']):
            if state == 'sent':
                test.assertIn(mail_id, left, 'it is marked as sent')
            elif mail_id in left:
                test.assertEqual(state, 'unknown')
            if state == 'unknown':
                test.assertEqual((ticket, filing), ('open', f'queue:{queue}'), 'a human must see it')

    def check_places(self):
        """Every mail lies where its message asks for, and the database knows where."""
        for account in ACCOUNTS:
            filings = self.query('SELECT message.filing FROM place JOIN message ON message.id = place.message_id'
                                 ' WHERE place.account = ?', account)
            wanted = Counter(FOLDERS.get(filing) or '.Queues.' + filing.partition(':')[2] for filing, in filings)
            self.test.assertEqual(Counter(f for f, _ in self.mails(account)), wanted, account)
        if self.test.knows_places:
            self.test.assertEqual(self.query('SELECT id, folder FROM place WHERE uid = 0 OR filed IS NOT filing'), [])


class DisturbedTest(ErmsTest):
    imap_options, mailbox, knows_places = {}, '', True
    users = 6000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.space = Path(tempfile.mkdtemp(prefix='erms-faults-', dir=RAM))
        cls.addClassCleanup(shutil.rmtree, cls.space, ignore_errors=True)
        (cls.space / 'imap').mkdir()
        cls.imap = Dovecot(cls.space / 'imap', tls=cls.tls, users={'s0': 'secret', 'v0': 'secret'},
                           **cls.imap_options)
        cls.addClassCleanup(cls.imap.stop)
        cls.imap._write('passwd', ''.join(f'{letter}{n}:{{PLAIN}}secret\n' for n in range(cls.users)
                                          for letter in ACCOUNTS.values()))
        cls.smtp = SmtpServer(cls.space / 'sent', tls=cls.tls,
                              users={f's{n}': 'secret' for n in range(cls.users)})
        cls.addClassCleanup(cls.smtp.stop)
        cls._numbers, cls._lock, cls._seen, cls._sent = itertools.count(1), threading.Lock(), set(), {}

    def setUp(self):
        """Makes what every round starts from, once."""
        cls = type(self)
        if 'pristine' in vars(cls):
            return
        self.dir = Path(tempfile.mkdtemp(dir=cls.space))
        self.home = self.dir / 'home'
        self.make_home()
        for mail in batch.earlier():
            self.imap.deliver('s0', mail)
        self.erms('run')
        earlier = self.smtp.received()
        self.assertEqual([sent['to'] for sent in earlier], [['early@bird.example']])
        for account, mails in batch.batch(earlier[0]['mail']).items():
            for mail in mails:
                self.imap.deliver(ACCOUNTS[account] + '0', mail)
        cls.pristine = self.dir
        try:
            self.undisturbed()
        except BaseException:
            del cls.pristine
            raise

    def learn(self):
        texts = {'password': PASSWORD + batch.EXTRA_TRAINING['password'], 'hours': HOURS,
                 'order': batch.EXTRA_TRAINING['order']}
        # With words around them that say nothing, so that the model does not get too sure of itself.
        super().learn({category: [f'{polite} {text}' for text in some for polite in batch.POLITE]
                       for category, some in texts.items()}, each=90)

    def make_home(self):
        super().make_home()
        self.answer('order/status.en.md', batch.STATUS_ANSWER)
        with contextlib.closing(sqlite3.connect(self.home / 'orders.db')) as db:
            db.executescript(batch.ORDERS)

    def configure(self, **_):
        (self.home / 'erms.conf').write_text(self.conf_text(0, self.imap.port, self.smtp.port))
        (self.home / 'erms.conf').chmod(0o600)

    def conf_text(self, n, imap, smtp, mailbox='', smtp_extra='', general=''):
        mailbox = f'authserv-id = mx.shop.example\n{self.mailbox}\n{mailbox}'
        text = CONF.format(sending='on', general=general, limits='content = none\nrefused = none', imap=imap,
                           smtp=smtp, ca=self.tls.ca,
                           mailbox='tls = none\n' + MORE.format(imap=imap, n=n, mailbox=mailbox),
                           smtp_extra='tls = none\n' + smtp_extra, extra=batch.ORDER_CONF)
        return text.replace('user = support', f'user = s{n}')

    def clone_box(self, account, user):
        """A copy of the pristine account: the mails are hard links, the rest is copied."""
        source = self.imap.run / 'mail' / (ACCOUNTS[account] + '0') / 'Maildir'
        target = self.imap.run / 'mail' / user / 'Maildir'
        owner = source.stat()
        for path, folders, files in os.walk(source):
            to = target / os.path.relpath(path, source)
            to.mkdir(parents=True)
            for name in files:
                if Path(path).name in ('cur', 'new'):
                    os.link(f'{path}/{name}', to / name)
                elif not name.startswith('dovecot.'):
                    shutil.copy(f'{path}/{name}', to / name)
                    os.chown(to / name, owner.st_uid, owner.st_gid)
            os.chown(to, owner.st_uid, owner.st_gid)
        os.chown(target.parent, owner.st_uid, owner.st_gid)
        return target

    def sent_of(self, number):
        """[(recipient, Message-ID)] that user s<NUMBER> handed in."""
        with self._lock:
            for path in self.smtp.dir.glob('[0-9]*.json'):
                if path.name not in self._seen:
                    self._seen.add(path.name)
                    envelope = json.loads(path.read_text())
                    id = parse(path.with_suffix('.eml').read_bytes())['Message-ID'].strip('<>')
                    for to in envelope['to']:
                        self._sent.setdefault(envelope['user'], []).append((to, id))
            return list(self._sent.get(f's{number}', []))

    def round(self, **ports):
        made = Round(self, next(self._numbers), **ports)
        return made

    def undisturbed(self):
        """The round without a disturbance: what it does is what the others are compared with."""
        cls = type(self)
        round = self.round()
        self.addClassCleanup(round.close)
        cls.originals = {account: Counter(mail for _, mail in round.mails(account)) for account in ACCOUNTS}
        last = round.query('SELECT max(id) FROM reply')[0][0]
        done, cls.points = round.trace()
        cls.usual = round.state() | {'recipients': {to for to, _ in round.sent()}, 'last_reply': last,
                                     'said': done.stdout}
        round.check()
        self.assertIn(' 0 new', ' ' + round.run().stdout)

    def each(self, work, items, workers=2):
        """work(item) for all of them, in parallel; the failures of all together."""
        def one(item):
            try:
                work(item)
            except Exception as failure:  # AssertionError, too
                print(f'{item}: {failure}', file=sys.stderr, flush=True)
                return f'{item}: {failure}'
        with ThreadPoolExecutor(workers) as pool:
            failures = [text for text in pool.map(one, items) if text]
        self.assertEqual(failures, [], '\n\n'.join(failures[:20]))
