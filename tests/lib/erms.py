# SPDX-License-Identifier: Apache-2.0
"""A home of erms with private servers, for black-box tests: what an operator would have, small.

    class T(ErmsTest):
        def test_something(self):
            self.deliver(mail('kim@customer.example', 'Password', 'I forgot my password, please help.'))
            self.erms('run')
            self.assertEqual(len(self.smtp.received()), 1)

The program is found in ERMS (the build's cmd/erms). Every test has its own home; the servers are
started once per class. Two categories are learned so well that a threshold can be proven.
"""
import email, email.policy, hashlib, json, os, shutil, subprocess, sys, tempfile, time, unittest
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from proxy import Proxy
from servers import Certificates, Dovecot, SmtpServer, free_port

ERMS = os.environ.get('ERMS', str(Path(__file__).resolve().parents[2] / 'build/cmd/erms'))
DONE, FAILED, USAGE, BAD_DATA, UNREACHABLE, TRY_LATER, LOGIN, CONFIG = 0, 1, 64, 65, 69, 75, 77, 78

PASSWORD = ['forgot password login', 'cannot log in, password rejected', 'reset my password please',
            'new password needed for my account', 'the password link expired']
HOURS = ['when are you open on saturday', 'opening hours of the shop', 'are you open on sunday',
         'what time do you close today', 'which hours is the store open']


def mail(sender, subject, text, to='service@shop.example', **headers):
    """bytes of a plain mail; further headers by name with _ for -; None leaves one out."""
    message = EmailMessage(policy=email.policy.SMTP)
    fields = {'From': sender, 'To': to, 'Subject': subject, 'Date': 'Mon, 05 Jan 2026 08:12:31 +0100',
              'Message-ID': f'<{hashlib.sha1(repr((sender, subject, text)).encode()).hexdigest()}@mail.customer.example>'}
    fields |= {name.replace('_', '-'): value for name, value in headers.items()}
    for name, value in fields.items():
        if value is not None:
            message[name] = value
    message.set_content(text)
    return bytes(message)


def question(sender, subject='Forgot password', **headers):
    """A mail that gets an automatic answer."""
    return mail(sender, subject, 'I forgot my password, cannot log in.', **headers)


def riddle(sender, subject='Strange', **headers):
    """A mail that only a human can answer."""
    return mail(sender, subject, 'Zebras eat purple umbrellas under water.', **headers)


def vouched(raw):
    """The mail as our mail server stamps it when it knows that the sender is who he says."""
    domain = parse(raw)['From'].addresses[0].domain
    return f'Authentication-Results: mx.shop.example; dmarc=pass header.from={domain}\r\n'.encode() + raw


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


CONF = '''[general]
sending = {sending}
max-error = 0.05
language = en
{general}
[limits]
{limits}
[company]
name = Corner Shop
hours = 9 to 5
[mailbox support]
host = localhost
port = {imap}
ca-file = {ca}
user = support
password-file = password
addresses = service@shop.example
{mailbox}
[smtp]
host = localhost
port = {smtp}
ca-file = {ca}
user = support
password-file = password
from = Corner Shop <service@shop.example>
{smtp_extra}
[category password]
mode = auto
[category hours]
mode = auto
queue = front-desk
{extra}
'''

ANSWERS = {
    'password/reset.en.md': 'title: Reset a password\nstate: approved\napprover: Erika Beispiel\n---\n'
                            '{{greeting}}\n\nOpen the login page and choose "forgot password".\n\n'
                            'Kind regards\n{{company.name}}\n',
    'password/reset.de.md': 'title: Passwort\nstate: approved\napprover: Erika Beispiel\n---\n'
                            '{{greeting}}\n\nWählen Sie auf der Anmeldeseite „Passwort vergessen“.\n\n'
                            'Mit freundlichen Grüßen\n{{company.name}}\n',
    'hours/open.en.md': 'title: Opening hours\nstate: approved\napprover: Erika Beispiel\n---\n'
                        '{{greeting}}\n\nWe are open from {{company.hours}}.\n\nKind regards\n'
                        '{{company.name}}\n',
}


def once(conf):
    """CONF, in which a setting that a test gives takes the place of the one above it in its section."""
    lines, places, section = [], {}, None
    for line in conf.split('\n'):
        if line.startswith('['):
            section = line
        elif '=' in line:
            key = section, line.split('=')[0].strip()
            if key in places:
                lines[places[key]] = '#'
            places[key] = len(lines)
        lines.append(line)
    return '\n'.join(lines)


class ErmsTest(unittest.TestCase):
    imap_options, smtp_options = {}, {}

    @classmethod
    def setUpClass(cls):
        cls.root = Path(tempfile.mkdtemp(prefix='erms-test-'))
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        cls.tls = Certificates(cls.root)
        cls.model = None

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(dir=self.root))
        (self.dir / 'imap').mkdir()
        self.imap = Dovecot(self.dir / 'imap', tls=self.tls, **self.imap_options)
        self.addCleanup(self.imap.stop)
        self.smtp = SmtpServer(self.dir / 'sent', tls=self.tls, **self.smtp_options)
        self.addCleanup(self.smtp.stop)
        self.home = self.dir / 'home'
        self.make_home()

    def make_home(self, trained=True):
        self.erms('init', str(self.home), home=None)
        shutil.rmtree(self.home / 'kb')
        for name, text in ANSWERS.items():
            self.answer(name, text)
        (self.home / 'password').write_text('secret\n')
        (self.home / 'password').chmod(0o600)
        self.configure()
        if trained:
            self.learn()

    def configure(self, sending='on', **parts):
        """Writes erms.conf; parts: general, limits ("": the
        defaults), mailbox, smtp_extra, extra, imap, smtp, ca."""
        # All customers of the tests are at one domain and say the same.
        values = {'general': '', 'limits': 'domain = none\ncontent = none', 'mailbox': 'authserv-id = mx.shop.example', 'smtp_extra': '', 'extra': '',
                  'imap': self.imap.tls_port, 'smtp': self.smtp.tls_port, 'ca': self.tls.ca}
        (self.home / 'erms.conf').write_text(once(CONF.format(sending=sending, **values | parts)))
        (self.home / 'erms.conf').chmod(0o600)

    def answer(self, name, text):
        path = self.home / 'kb' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('---\n' + text)

    def learn(self, texts={'password': PASSWORD, 'hours': HOURS}, each=40):
        """Imports `each` mails per category made of the texts, and trains (once per class)."""
        cls = type(self)
        if cls.model is None:
            archive = self.dir / 'archive'
            for category, phrases in texts.items():
                (archive / category).mkdir(parents=True)
                for i in range(each):
                    text = f'{phrases[i % len(phrases)]}. {phrases[(i * 7 + i // 5) % len(phrases)]} {"x" * (i % 9)}'
                    (archive / category / f'{i:03}.eml').write_bytes(
                        mail(f'c{i}@{category}.example', phrases[(i + 1) % len(phrases)], text))
            self.erms('import', str(archive))
            self.erms('train')
            cls.model = (self.home / 'model/current.model').read_bytes()
        else:
            (self.home / 'model/current.model').write_bytes(cls.model)

    def _call(self, args, home=..., env=None):
        environment = {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC',
                       'G_DEBUG': 'fatal-criticals', 'HOME': str(self.dir), **(env or {})}
        environment |= {k: v for k, v in os.environ.items() if 'SAN_OPTIONS' in k}
        where = self.home if home is ... else home
        return [ERMS, *(['-C', str(where)] if where else []), *args], environment

    def start(self, *args):
        """Starts the program and does not wait: a Popen, whose output is collected."""
        command, environment = self._call(args)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=environment)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def wait_until(self, condition, what, seconds=30):
        """Waits for condition() to become true and returns it."""
        end = time.monotonic() + seconds
        while not (result := condition()):
            self.assertLess(time.monotonic(), end, f'waited in vain: {what}')
            time.sleep(0.02)
        return result

    def relay(self, port, marker, action, **options):
        """A Proxy that ends with the test."""
        proxy = Proxy(port, marker, action, **options)
        self.addCleanup(proxy.stop)
        return proxy

    def erms(self, *args, expect=DONE, home=..., input=None, env=None, timeout=120):
        """Runs the program, checks the exit code, returns its standard output; all of it is in
        self.last (a CompletedProcess)."""
        command, environment = self._call(args, home, env)
        self.last = subprocess.run(command, capture_output=True, text=True, input=input,
                                   env=environment, timeout=timeout)
        if expect is not None:
            self.assertEqual(self.last.returncode, expect,
                             f'{command}\n{self.last.stdout}\n{self.last.stderr}')
        return self.last.stdout

    def json(self, *args, **options):
        return json.loads(self.erms(*args, '--json', **options))

    def deliver(self, *mails, user='support', age=0):
        for raw in mails:
            self.imap.boxes[user].deliver(raw, age)

    def recipients(self):
        """Who got an answer, in order."""
        return [to for sent in self.smtp.received() for to in sent['to']]

    def folders(self, user='support'):
        """{folder: [subjects]} of all folders that hold mail."""
        result = {}
        for folder in self.imap.folders(user):
            messages = self.imap.messages(user, folder)
            if messages:
                result[folder] = [parse(raw)['Subject'] for _, _, raw in messages]
        return result

    def tickets(self, *options):
        return self.json('ticket', 'list', '--all', *options)

    def ticket(self, number=1):
        return self.json('ticket', 'show', str(number))

    def ticket_of(self, customer, subject=None):
        """The one ticket of a customer (with a subject), in full."""
        found, = (t for t in self.tickets() if t['customer'] == customer and subject in (None, t['subject']))
        return self.ticket(found['ticket'])
