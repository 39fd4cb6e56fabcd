#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who can read what: modes of files, secrets in logs, database, process list and core dumps."""
import base64, os, re, resource, shutil, signal, socket, sqlite3, subprocess, sys, threading, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

SECRET = 'Tr0ub4dor&3"un\\likely-Passw0rd'


class Talker:
    """A server that answers each line by answer(line), and greets with the first words."""

    def __init__(self, greeting, answer):
        self.greeting, self.answer, self.lines = greeting, answer, []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        try:
            while True:
                client, _ = self.listener.accept()
                with client, client.makefile('rwb') as stream:
                    stream.write(self.greeting.encode() + b'\r\n')
                    stream.flush()
                    while line := stream.readline():
                        self.lines.append(line)
                        stream.write(b''.join(x.encode() + b'\r\n' for x in self.answer(line.decode().rstrip('\r\n'))))
                        stream.flush()
        except OSError:
            pass

    def stop(self):
        self.listener.close()


def imap_echo(capability, form):
    """Refuses every login with FORM of what it was told."""
    last = []

    def answer(line):
        tag, _, rest = line.partition(' ')
        if rest == 'CAPABILITY':
            return [f'* CAPABILITY IMAP4rev1 {capability}', f'{tag} OK done']
        if rest.startswith('AUTHENTICATE') and rest.count(' ') == 1:
            last.append(tag)
            return ['+ ']
        if not rest and last:  # the message of AUTHENTICATE, without SASL-IR
            return [f'{last[-1]} NO {form(line)}']
        return [f'{tag} NO {form(rest)}']
    return answer


def smtp_echo(mechanism, form):
    def answer(line):
        if line.startswith('EHLO'):
            return ['250-localhost', f'250 AUTH {mechanism}']
        if line == 'AUTH LOGIN' or line == base64.b64encode(b'support').decode():
            return ['334 go on']
        return [f'535-5.7.8 {form(line)}', '535 no']
    return answer


def traces(secret):
    """Whatever shows the secret to somebody who looks for it."""
    plain, user = secret.encode(), b'support'
    quoted = secret.replace('\\', '\\\\').replace('"', '\\"').encode()
    whole = [plain, b'\0' + user + b'\0' + plain, b'user=' + user + b'\1auth=Bearer ' + plain + b'\1\1']
    within = [base64.b64encode(b'x' * n + plain)[4 * (n > 0):][:-4] for n in range(3)]
    return [plain, quoted, plain[:12], plain[-12:], *map(base64.b64encode, whole), *(w[4:16] for w in within)]


class PrivacyTest(ErmsTest):
    def assert_no_trace(self, *texts, secret=SECRET):
        for text in texts:
            raw = text if isinstance(text, bytes) else text.encode()
            for trace in traces(secret):
                self.assertNotIn(trace, raw)

    def everything_said_and_kept(self):
        """Every file of the home but the password's own, and a backup."""
        self.erms('backup', str(self.dir / 'copy.db'))
        for path in [*self.home.rglob('*'), self.dir / 'copy.db']:
            if path.is_file() and path.name != 'password':
                yield path.read_bytes()


class Echo(PrivacyTest):
    """Servers have been seen to repeat the very line that they refuse."""
    FORMS = {'as it came': lambda line: f'what is {line}?', 'cut off': lambda line: line[:70],
             'the end': lambda line: line[-40:],
             'decoded': lambda line: 'what is ' + re.sub('[\0-\x1f]', ' ', decode(line.split(' ')[-1])) + '?'}

    def make_home(self):
        super().make_home()
        (self.home / 'password').write_text(SECRET + '\n')

    def said(self, *args, expect):
        self.erms(*args, expect=expect, env={'G_MESSAGES_DEBUG': 'all', 'ERMS_VERBOSE': '1'})
        return self.last.stdout + self.last.stderr

    def test_imap(self):
        for capability in 'AUTH=PLAIN SASL-IR', 'AUTH=PLAIN', 'AUTH=XOAUTH2 SASL-IR', '':
            for name, form in self.FORMS.items():
                with self.subTest(capability=capability, form=name):
                    server = Talker('* OK ready', imap_echo(capability, form))
                    self.configure(imap=server.port, mailbox='tls = none' + '\nauth = xoauth2' * ('XOA' in capability))
                    for command in 'run', 'check':
                        said = self.said(command, expect=LOGIN)
                        self.assertIn('[mailbox support]', said)
                        self.assertIn('***', said)
                        self.assert_no_trace(said)
                    server.stop()

    def test_smtp(self):
        for mechanism in 'PLAIN', 'LOGIN', 'XOAUTH2':
            for name, form in self.FORMS.items():
                with self.subTest(mechanism=mechanism, form=name):
                    (self.home / 'imap-password').write_text('secret\n')
                    (self.home / 'imap-password').chmod(0o600)
                    server = Talker('220 ready', smtp_echo(mechanism, form))
                    self.configure(smtp=server.port, smtp_extra='tls = none' + '\nauth = xoauth2' * (mechanism == 'XOAUTH2'))
                    conf = self.home / 'erms.conf'
                    conf.write_text(conf.read_text().replace('password-file = password', 'password-file = imap-password', 1))
                    self.deliver(question(f'{mechanism}-{name.replace(" ", "-")}@customer.example'.lower()))
                    said = self.said('run', expect=LOGIN) + self.said('check', expect=LOGIN)
                    self.assertIn('***', said)
                    self.assert_no_trace(said)
                    server.stop()
        self.assert_no_trace(*self.everything_said_and_kept())

    def test_kept_with_the_answer(self):
        """What the server says to a mail is stored with it."""
        def answer(line):
            words = {'EHLO': ['250-localhost', '250 AUTH PLAIN'], 'AUTH': ['235 welcome'], 'MAIL': ['250 ok'],
                     'RCPT': [f'550 not for {SECRET} and {base64.b64encode(SECRET.encode()).decode()}']}
            return words.get(line[:4], ['250 ok'])
        server = Talker('220 ready', answer)
        self.addCleanup(server.stop)
        self.configure(smtp=server.port, smtp_extra='tls = none\npassword-command = echo ' + "'" + SECRET + "'")
        conf = self.home / 'erms.conf'
        text = conf.read_text()
        at = text.index('[smtp]')
        conf.write_text(text[:at] + text[at:].replace('password-file = password\n', '').replace('\\', '\\\\'))
        (self.home / 'password').write_text('secret\n')
        self.deliver(question('kim@customer.example'))
        self.erms('run', expect=None)
        ticket = self.ticket()
        self.assertIn('not for *** and ***', ticket['replies'][0]['server'])
        self.erms('ticket', 'show', '1')
        self.assert_no_trace(self.last.stdout)
        conf.unlink()  # there the command is
        self.assert_no_trace(*(p.read_bytes() for p in self.home.glob('erms.db*')))


def decode(text):
    try:
        return base64.b64decode(text, validate=True).decode(errors='replace')
    except ValueError:
        return text


class Process(PrivacyTest):
    """What others see of a process at work, and what is left of one that crashed."""
    imap_options = {'users': {'support': SECRET.replace('"', '').replace('\\', '')}}
    smtp_options = {'users': {'support': SECRET.replace('"', '').replace('\\', '')}}
    sanitized = os.environ.get('SANITIZED') == '1'

    def make_home(self):
        super().make_home()
        self.secret = self.imap_options['users']['support']
        (self.home / 'password').write_text(self.secret + '\n')

    def at_work(self, **options):
        self.deliver(question('hang@customer.example'))
        command, environment = self._call(['run', '--verbose'])
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.wait_until(self.smtp.received, 'the SMTP session')
        return process

    def test_command_line_and_environment(self):
        conf = self.home / 'erms.conf'
        conf.write_text(conf.read_text().replace('password-file = password', f'password-command = cat {self.home}/password'))
        process = self.at_work()
        for name in 'cmdline', 'environ', 'status', 'comm':
            try:
                self.assert_no_trace(Path(f'/proc/{process.pid}/{name}').read_bytes(), secret=self.secret)
            except PermissionError:
                self.assertEqual(name, 'environ')  # better still

    def test_nobody_looks_into_the_memory(self):
        """Files in /proc belong to root when the process is not dumpable."""
        if self.sanitized:
            self.skipTest('the leak sanitizer wants to look')
        options = {}
        if os.getuid() == 0:  # what root runs is root's anyway
            shutil.copy(ERMS, self.dir / 'erms')
            for path in [self.home, *self.home.rglob('*')]:
                os.chown(path, 65534, 65534)
            self.root.chmod(0o711)
            self.dir.chmod(0o711)
            options = {'user': 65534, 'group': 65534, 'extra_groups': [], 'executable': str(self.dir / 'erms')}
        process = self.at_work(**options)
        with open(f'/proc/{process.pid}/limits') as limits:
            self.assertRegex(limits.read(), r'Max core file size +0 +0 ')
        for name in 'environ', 'mem', 'maps':
            self.assertEqual(Path(f'/proc/{process.pid}/{name}').stat().st_uid, 0)

    def test_no_core_dump(self):
        if self.sanitized:
            self.skipTest('a sanitizer catches the signal')
        self.deliver(question('hang@customer.example'))
        command, environment = self._call(['run'])
        folder = self.dir / 'cores'
        folder.mkdir()
        for crash in signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT:
            process = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, preexec_fn=lambda: resource.setrlimit(
                                           resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_CORE)[1])))
            self.addCleanup(process.kill)
            sent = len(self.smtp.received())
            self.wait_until(lambda: len(self.smtp.received()) > sent, 'the SMTP session')
            process.send_signal(crash)
            status = os.waitpid(process.pid, 0)[1]  # tells of a core wherever core_pattern sends it
            process.returncode = -os.WTERMSIG(status)
            self.assertEqual((os.WTERMSIG(status), os.WCOREDUMP(status)), (crash, False))
            self.assertEqual(list(folder.iterdir()), [])
            self.deliver(question(f'hang+{crash}@customer.example'))

    def test_a_core_would_be_written_otherwise(self):
        """Else the test above proves nothing: a program of ours may crash, erms has no secrets there."""
        if 'core' not in Path('/proc/sys/kernel/core_pattern').read_text() or \
                resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
            self.skipTest('no core dumps on this machine')
        folder = self.dir / 'cores'
        folder.mkdir()
        process = subprocess.Popen(['sleep', '60'], cwd=folder, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2))
        time.sleep(0.3)
        process.send_signal(signal.SIGSEGV)
        status = os.waitpid(process.pid, 0)[1]
        process.returncode = 0
        if not os.WCOREDUMP(status):
            self.skipTest('no core dumps on this machine')


class Modes(ErmsTest):
    """umask 0 opens nothing."""

    def _call(self, args, home=..., env=None):
        command, environment = super()._call(args, home, env)
        return ['sh', '-c', 'umask 0; exec "$@"', 'sh', *command], environment

    def test_everything_that_is_made(self):
        own = lambda path: path.name in ('erms.conf', 'password', 'orders.db') or 'kb' in path.relative_to(self.home).parts
        type(self).model = None  # trained here
        shutil.rmtree(self.home)
        self.erms('init', str(self.home), home=None)
        self.check_modes([self.home, *self.home.rglob('*')])
        shutil.rmtree(self.home)
        self.make_home()
        self.deliver(question('kim@customer.example'), question('hang@customer.example'), riddle('lee@customer.example'))
        process = self.start('run')
        self.wait_until(lambda: len(self.smtp.received()) == 2, 'the SMTP session')
        self.check_modes(path for path in self.home.rglob('*') if not own(path))  # with -wal and -shm
        self.assertTrue((self.home / 'erms.db-wal').exists())
        process.kill()
        process.communicate()
        self.erms('run')
        self.erms('label', '3', 'hours')
        self.erms('train', '--force', expect=None)
        self.erms('train', expect=None)
        self.erms('backup', str(self.dir / 'copy.db'))
        out = self.dir / 'out'
        self.erms('eval', str(self.dir / 'archive'), '--predictions', str(out), expect=None)
        self.erms('ticket', 'reply', '3', '--body', '-', input='Hello')
        self.erms('kb', 'check', expect=None)
        self.erms('check', expect=None)
        self.check_modes([self.dir / 'copy.db', out, *(path for path in self.home.rglob('*') if not own(path))])

    def check_modes(self, paths):
        for path in paths:
            mode = path.stat().st_mode
            self.assertEqual(mode & 0o7777, 0o700 if path.is_dir() else 0o600, path)

    def test_check_tells(self):
        for path in (self.home / 'model').iterdir():
            path.chmod(0o600)
        self.erms('check')
        self.assertIn('nobody else can look into it', self.last.stdout)
        wrong = {'': 0o755, 'erms.conf': 0o604, 'erms.key': 0o640, 'erms.db': 0o660}
        for name, mode in wrong.items():
            path = self.home / name
            before = path.stat().st_mode & 0o7777
            path.chmod(mode)
            self.erms('check', expect=CONFIG)
            self.assertRegex(self.last.stdout, rf'WRONG {re.escape(str(path))}: others can look into it \(chmod go= it\)')
            path.chmod(before)
        (self.home / 'model/current.model').chmod(0o644)
        self.erms('check')
        self.assertRegex(self.last.stdout, 'note  .*current.model: others can look into it')
        self.assertNotIn('nobody else', self.last.stdout)

    @unittest.skipUnless(os.getuid() == 0, 'wants root')
    def test_check_tells_of_owners(self):
        os.chown(self.home / 'erms.db', 65534, -1)
        self.erms('check', expect=CONFIG)
        self.assertRegex(self.last.stdout, r'WRONG \S+/erms.db belongs to nobody, the home to root \(chown root it\)')
        for path in [self.home, *self.home.rglob('*')]:
            os.chown(path, 65534, -1)
        self.erms('check')
        self.assertRegex(self.last.stdout, 'note  you are root, the home belongs to nobody')


class Children(PrivacyTest):
    """Programs of the operator's get what they need and no more."""
    PROGRAM = '''#!/bin/sh
(env; ls -l /proc/self/fd; readlink /proc/self/fd/*; cat /proc/self/limits) > {out} 2>&1
echo '{{"email": "kim@customer.example", "status": "well"}}'
'''

    def look(self, extra=''):
        self.answer('password/reset.en.md', 'title: Status\nstate: approved\napprover: Erika Beispiel\n'
                    'discloses: personal\n---\n{{order.status}}\n')
        self.out, program = self.dir / 'seen', self.dir / 'program'
        program.write_text(self.PROGRAM.format(out=self.out))
        program.chmod(0o755)
        self.configure(extra=f'[lookup order]\npattern = forgot\nowner = email\nprogram = {program}\n{extra}')
        self.deliver(question('kim@customer.example'))
        self.erms('run', env={'SHIBBOLETH': 'open sesame'})
        return self.out.read_text()

    def test_environment_and_descriptors(self):
        seen = self.look()
        self.assertNotIn('SHIBBOLETH', seen)
        self.assertIn('PATH=', seen)
        for word in str(self.home), 'socket:', 'erms.db', 'run.lock':
            self.assertNotIn(word, seen)
        self.assertRegex(seen, r'Max core file size +0 ')

    def test_lookups_only_read(self):
        with sqlite3.connect(self.home / 'orders.db') as db:
            db.execute('CREATE TABLE orders (number TEXT, email TEXT)')
            db.execute("INSERT INTO orders VALUES ('1', 'kim@customer.example')")
        before = (self.home / 'orders.db').read_bytes()
        for query in ('DELETE FROM orders WHERE number = :key', 'DROP TABLE orders',
                      "UPDATE orders SET email = :key RETURNING email", "INSERT INTO orders VALUES (:key, '') RETURNING email",
                      "WITH x AS (SELECT :key AS n) INSERT INTO orders SELECT n, '' FROM x RETURNING email",
                      "ATTACH 'other.db' AS other", 'PRAGMA writable_schema = on', 'PRAGMA user_version',
                      'VACUUM INTO :key', "SELECT load_extension(:key) AS email",
                      "SELECT email FROM orders WHERE number = :key AND load_extension('x')",
                      "SELECT name AS email FROM pragma_table_info(:key)", 'BEGIN', 'CREATE TEMP TABLE x (email)',
                      'SELECT email FROM orders WHERE number = :key; DELETE FROM orders'):
            self.configure(extra=f'[lookup order]\npattern = LV\nowner = email\ndatabase = orders.db\nquery = {query}\n')
            self.erms('check', expect=CONFIG)
            self.assertRegex(self.last.stdout, r'WRONG .*order.*query: ', query)
        self.assertEqual((self.home / 'orders.db').read_bytes(), before)
        self.assertEqual(list(self.home.glob('other.db')), [])

    def test_credentials_of_systemd(self):
        """LoadCredential= and password-file = ${CREDENTIALS_DIRECTORY}/NAME."""
        given = self.dir / 'given'
        given.mkdir(mode=0o700)
        (given / 'imap').write_text('secret\n')
        (given / 'imap').chmod(0o440)  # an access control list looks like this
        conf = self.home / 'erms.conf'
        conf.write_text(conf.read_text().replace('password-file = password', 'password-file = ${CREDENTIALS_DIRECTORY}/imap'))
        self.deliver(question('kim@customer.example'))
        self.erms('run', expect=CONFIG)
        self.assertIn('systemd has handed out no credentials here', self.last.stderr)
        self.erms('run', env={'CREDENTIALS_DIRECTORY': str(given)})
        self.assertEqual(self.recipients(), ['kim@customer.example'])
        (given / 'imap').chmod(0o444)
        self.erms('run', env={'CREDENTIALS_DIRECTORY': str(given)}, expect=CONFIG)
        self.assertIn('can be read by others', self.last.stderr)


if __name__ == '__main__':
    unittest.main()
