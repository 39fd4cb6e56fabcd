#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The home and what concerns all commands: init, check, backup, -C, help, exit codes."""
import re, sqlite3, sys, time, unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *
from servers import free_port

COMMANDS = {'init': [], 'check': [], 'run': ['--dry-run', '--every', '--verbose'], 'import': [],
            'train': ['--force', '--rollback'], 'classify': ['--json', '--explain'],
            'eval': ['--json', '--max-error', '--predictions', '--texts'],
            'kb': ['--json'], 'label': ['--none'], 'audit': ['--json', '--drift', '--none', '--restore'], 'backup': [],
            'ticket list': ['--all', '--state', '--queue', '--category', '--customer', '--limit', '--json'],
            'ticket show': ['--json'], 'ticket reply': ['--choose', '--edit', '--body', '--to', '--again', '--replace'], 'ticket close': ['--force']}
LOOKUP = '''[lookup order]
pattern = (LV-[0-9]+)
database = {database}
query = SELECT number, email FROM orders WHERE number = :key
owner = email
'''


class Offline(ErmsTest):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(dir=self.root))
        self.imap = self.smtp = SimpleNamespace(tls_port=9)
        self.home = self.dir / 'home'

    def conf(self, text):
        (self.home / 'erms.conf').write_text(text)


class Init(Offline):
    def test_files(self):
        self.assertIn('is ready', self.erms('init', str(self.home), home=None))
        self.assertLessEqual({'erms.conf', 'erms.db', 'erms.key', 'kb', 'model'},
                             {path.name for path in self.home.iterdir()})
        for path in [self.home, *self.home.rglob('*')]:
            self.assertEqual(path.stat().st_mode & 0o777, 0o700 if path.is_dir() else 0o600, path)
        self.assertRegex((self.home / 'erms.key').read_text(), r'^[0-9a-f]{64}\n$')
        self.assertIn('sending = off', (self.home / 'erms.conf').read_text())
        self.assertEqual([p for p in json.loads(self.erms('kb', 'check', '--json', expect=None))
                          if '{{order.' not in p['text']], [])
        self.assertGreater(len(self.json('kb', 'list')), 10)

    def test_every_key_is_new(self):
        for name in ('a', 'b'):
            self.erms('init', str(self.dir / name), home=None)
        self.assertNotEqual((self.dir / 'a/erms.key').read_text(), (self.dir / 'b/erms.key').read_text())

    def test_empty_folder(self):
        self.home.mkdir(0o755)
        self.erms('init', str(self.home), home=None)
        self.assertEqual(self.home.stat().st_mode & 0o077, 0)

    def test_refuses(self):
        self.home.mkdir()
        (self.home / 'letter.txt').write_text('mine')
        self.erms('init', str(self.home), home=None, expect=FAILED)
        self.assertIn('not empty', self.last.stderr)
        self.assertEqual([path.name for path in self.home.iterdir()], ['letter.txt'])
        self.erms('init', str(self.home / 'letter.txt'), home=None, expect=FAILED)
        self.erms('init', home=None, expect=USAGE)


class General(Offline):
    def test_help(self):
        overview = self.erms('--help', home=None)
        for command, options in COMMANDS.items():
            self.assertIn(f'  {command.split()[0]} ', overview)
            for where in (None, self.dir / 'nowhere'):
                text = self.erms(*command.split(), '--help', home=where)
                self.assertIn('Usage:', text)
                self.assertIn(f'erms {command}', text)
                for option in options:
                    self.assertIn(option, text, command)
            # All options that there are, are in the table above.
            self.assertEqual(set(re.findall(r'--[a-z-]+', text)) - {'--help'}, set(options), command)
        self.assertRegex(overview, r'ticket list\|show\|reply\|close')
        self.erms('ticket', '--help', home=None)
        self.assertIn('list|show|reply|close', self.last.stdout)

    def test_version_and_unknown(self):
        self.assertRegex(self.erms('--version', home=None), r'^erms [0-9]+\.[0-9]+')
        for args in (['frobnicate'], ['--frobnicate'], [], ['-C']):
            self.erms(*args, home=None, expect=USAGE)
            self.assertEqual(self.last.stdout, '')
        self.erms('frobnicate', home=None, expect=USAGE)
        self.assertIn("'frobnicate' is no command", self.last.stderr)

    def test_which_home(self):
        for name in ('a', 'b'):
            self.home = self.dir / name
            self.make_home(trained=False)
        (self.dir / 'b/erms.conf').write_text('[broken]\n')
        env = {'ERMS_HOME': str(self.dir / 'a')}
        self.erms('ticket', 'list', home=None, env=env)
        self.erms('kb', 'list', home=self.dir / 'b', env=env, expect=CONFIG)
        self.erms('kb', 'list', home=None, expect=CONFIG)
        self.assertIn('ERMS_HOME', self.last.stderr)
        for where in (self.dir, self.dir / 'nowhere'):
            for args in (['run'], ['check'], ['ticket', 'list'], ['kb', 'list'], ['train'], ['backup', 'x']):
                self.erms(*args, home=where, expect=CONFIG)
                self.assertIn(f'{where} is no home of erms', self.last.stderr)

    def test_unknown_option(self):
        self.make_home(trained=False)
        for command in ('check', 'run', 'train', 'backup', 'classify', 'eval', 'kb', 'label', 'audit'):
            self.erms(command, '--frobnicate', expect=USAGE)
            self.assertIn('--frobnicate', self.last.stderr)

    def test_mistakes_in_conf(self):
        self.make_home(trained=False)
        good = (self.home / 'erms.conf').read_text()
        for text, message in ((good.replace('sending', 'sendin'), '[general] sendin: is no setting'),
                              (good.replace('mode = auto', 'mode = atuo'), "mode: 'atuo' is none of"),
                              (good.replace('[smtp]', '[stmp]'), '[stmp] is no section'),
                              (good.replace('host = localhost', '', 1), '[mailbox support] host: is missing'),
                              (good.replace('[limits]\n', '[limits]\ntotal = 5 in 1h\ntotal = none\n'),
                               '[limits] total: stands twice, in line'),
                              (good + '\nrubbish', 'erms.conf')):
            self.conf(text)
            for args in (['check'], ['run'], ['kb', 'list'], ['train']):
                self.erms(*args, expect=CONFIG)
                self.assertIn(message, self.last.stderr + self.last.stdout)

    def test_examples(self):
        """The examples are understood, and say who is told and whose results are believed."""
        self.make_home(trained=False)
        examples = {path.stem: path.read_text() for path in
                    (Path(__file__).resolve().parents[2] / 'doc/examples').glob('*.conf')}
        self.assertEqual(set(examples), {'gmail', 'microsoft365', 'dovecot'})
        for name, text in examples.items():
            self.conf(text)
            self.erms('kb', 'list')
            self.assertRegex(text, r'(?m)^operator = \S+@\S+$')
            self.assertEqual(bool(re.search(r'(?m)^authserv-id = \S+$', text)), name != 'microsoft365')

    def test_full_disk(self):
        self.make_home(trained=False)
        with open('/dev/full', 'w') as full:
            done = subprocess.run([ERMS, '-C', str(self.home), 'kb', 'list'], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, FAILED)
        self.assertIn(b'cannot write', done.stderr)


class Check(ErmsTest):
    def check(self, expect, *lines):
        out = self.erms('check', expect=expect)
        for line in lines:
            self.assertRegex(out, line)
        self.assertIn('all is well' if expect == DONE else 'something is wrong', out)
        return out

    def test_all_is_well(self):
        out = self.check(DONE, 'ok    erms.conf is understood', 'ok    erms.db', 'ok    knowledge base: 3 templates',
                         r'ok    model [0-9a-f]+', r'ok    \[mailbox support\]: logged in',
                         r'ok    \[mailbox support\]: INBOX holds 0', r'ok    \[smtp\]: localhost',
                         'note  .*these folders will be made when they are needed: Answered')
        self.assertNotIn('WRONG', out)
        self.erms('run')
        self.assertEqual(self.imap.folders('support'), ['INBOX'])

    def test_wrong_password(self):
        (self.home / 'password').write_text('wrong\n')
        out = self.check(LOGIN, r'WRONG \[mailbox support\].*', r'WRONG \[smtp\]')
        self.assertNotIn('wrong\n', out.replace('something is wrong', ''))

    def test_password_file(self):
        (self.home / 'password').chmod(0o644)
        self.check(CONFIG, r'WRONG \[mailbox support\] password-file: .*can be read by others')
        (self.home / 'password').unlink()
        self.check(CONFIG, r'WRONG \[mailbox support\] password-file: .*No such file')

    def test_wrong_ca(self):
        self.configure(ca=self.tls.path('stranger.pem'))
        self.check(UNREACHABLE, r'WRONG \[mailbox support\].*certificate', r'WRONG \[smtp\].*certificate')

    def test_nobody_answers(self):
        self.configure(imap=free_port())
        self.check(UNREACHABLE, r'WRONG \[mailbox support\]', r'ok    \[smtp\]')

    def test_no_such_folder(self):
        self.configure(mailbox='folder = Nowhere')
        self.check(FAILED, r'WRONG \[mailbox support\].*Nowhere')

    def test_kb(self):
        self.answer('hours/open.en.md', 'title: Hours\nstate: approved\n---\nOpen {{broken\n')
        self.check(BAD_DATA, r'WRONG .*hours/open\.en\.md:[0-9]+: ', r'ok    \[smtp\]')
        self.erms('kb', 'check', expect=BAD_DATA)
        self.assertIn('hours/open.en.md', self.last.stdout)

    def test_model(self):
        model = self.home / 'model/current.model'
        model.write_bytes(model.read_bytes()[:-7])
        self.check(BAD_DATA, r'WRONG .*current\.model', r'ok    \[smtp\]')
        self.deliver(mail('kim@customer.example', 'Password', 'I forgot my password.'))
        self.erms('run', expect=BAD_DATA)
        self.assertEqual(self.folders(), {'INBOX': ['Password']})
        model.unlink()
        self.check(DONE, 'note  no model yet')

    def test_lookup(self):
        self.configure(extra=LOOKUP.format(database='orders.db'))
        self.check(FAILED, r'WRONG .*orders\.db')
        with sqlite3.connect(self.home / 'orders.db') as db:
            db.execute('CREATE TABLE orders (number TEXT, email TEXT)')
        self.check(DONE, r'ok    \[lookup order\]')
        self.configure(extra=LOOKUP.format(database='orders.db').replace('(LV', '((LV'))
        self.check(CONFIG, r'WRONG .*order')

    def test_modes(self):
        (self.home / 'erms.key').chmod(0o640)
        self.check(CONFIG, r'WRONG .*erms\.key: others can look')

    def test_database(self):
        (self.home / 'erms.db').unlink()
        self.check(CONFIG, r'WRONG .*erms\.db')
        (self.home / 'erms.db').write_bytes(b'this is no database of anybody' * 100)
        (self.home / 'erms.db').chmod(0o600)
        self.check(BAD_DATA, r'WRONG .*erms\.db')

    def test_notes_on_limits(self):
        self.assertRegex(self.check(DONE), r'note  .*nobody is told when the breaker trips \(\[general\] operator\)')
        self.configure(general='operator = boss@operator.example', limits='total = none')
        out = self.check(DONE, r'note  .*\[limits\] total = none')
        self.assertNotIn('[general] operator', out)
        self.configure(sending='off', limits='total = none')
        self.assertNotRegex(self.check(DONE), r'total = none|general\] operator')

    def test_wrong_authserv_id(self):
        """A name that no mail bears is told, with those that mails do bear; one that a mail bears is not."""
        def stamped(n, *servers):
            raw = mail(f'kim{n}@customer.example', f'Zebra {n}', f'Zebras gallop, {n}.')
            return b''.join(b'Authentication-Results: %s; dmarc=none\r\n' % s for s in servers) + raw
        self.configure(mailbox='authserv-id = mx.wrong.example', sending='off')
        self.assertNotIn('Authentication-Results', self.check(DONE))  # no mail yet
        self.deliver(mail('lee@customer.example', 'Yak', 'Yaks do not.'))
        self.erms('run')
        self.check(DONE, r'note  \[mailbox support\] authserv-id: none of the last 1 mails had an '
                   'Authentication-Results of mx.wrong.example; they had: none at all')
        self.deliver(*(stamped(n, b'MX.lindenhof.example', b'relay.example') for n in range(2)),
                     stamped(2, b'mx.lindenhof.example', b'a.example', b'b.example'), stamped(3, b'"c\x1b[2J"'))
        self.erms('run')
        out = self.check(DONE, 'none of the last 5 mails had an Authentication-Results of mx.wrong.example; '
                         'they had: mx.lindenhof.example, relay.example, [a-c]')
        self.assertNotIn('\x1b', out)
        self.assertIn('(the mail has one of MX.lindenhof.example)',
                      self.ticket_of('kim0@customer.example')['messages'][0]['verdict']['authentication'])
        self.configure(mailbox='authserv-id = mx.wrong.example, Relay.example', sending='off')
        self.assertNotIn('none of the last', self.check(DONE))
        for wrong in '', '"mx.lindenhof.example"', '"mx lindenhof"':
            self.configure(mailbox=f'authserv-id = {wrong}')
            self.assertIn('WRONG erms.conf: [mailbox support] authserv-id: ', self.erms('check', expect=CONFIG))

    def test_category_without_folder(self):
        """A typing error in a category's name switches nothing off: each run says so."""
        self.configure(extra='[category pasword]\nmode = off\n')
        says = 'erms.conf: [category pasword]: there is no folder kb/pasword (did you mean password?)'
        for _ in range(2):
            self.erms('run')
            self.assertIn(says, self.last.stderr)
        self.assertIn('WRONG ' + says, self.erms('check', expect=CONFIG))

    def test_notes(self):
        self.configure(sending='off')
        self.check(DONE, 'note  sending is off')
        self.conf = (self.home / 'erms.conf').read_text().split('[smtp]')[0].replace('addresses', '#')
        (self.home / 'erms.conf').write_text(self.conf)
        self.check(DONE, r'note  \[smtp\] is missing', 'note  no addresses are given')


class Backup(ErmsTest):
    def test_while_a_run_is_at_work(self):
        self.deliver(*(mail(f'{i}@customer.example', f'Zebra {i}', f'Zebras gallop, {i}.') for i in range(300)))
        run = subprocess.Popen([ERMS, '-C', str(self.home), 'run'], stdout=subprocess.DEVNULL)
        copies = []
        while run.poll() is None or not copies:
            copies.append(self.dir / f'{len(copies)}.db')
            self.erms('backup', str(copies[-1]))
            time.sleep(0.05)
        self.assertEqual(run.returncode, DONE)
        for copy in copies:
            with sqlite3.connect(copy) as db:
                self.assertEqual(db.execute('PRAGMA integrity_check').fetchall(), [('ok',)])
            self.assertEqual(copy.stat().st_mode & 0o777, 0o600)
        self.erms('backup', str(self.dir / 'last.db'))
        shutil.copy(self.dir / 'last.db', self.home / 'erms.db')
        for left in self.home.glob('erms.db-*'):
            left.unlink()
        self.assertEqual(len(self.tickets()), 300)

    def test_refuses(self):
        (self.dir / 'there').write_text('mine')
        self.erms('backup', str(self.dir / 'there'), expect=None)
        self.assertNotEqual(self.last.returncode, DONE)
        self.assertIn('there', self.last.stderr)
        self.assertEqual((self.dir / 'there').read_text(), 'mine')
        self.erms('backup', str(self.dir / 'nowhere/x'), expect=None)
        self.assertNotEqual(self.last.returncode, DONE)
        self.erms('backup', expect=USAGE)


if __name__ == '__main__':
    unittest.main()
