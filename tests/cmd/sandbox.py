#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The systemd units: how tight they are, and that erms does all its work in there."""
import email, json, os, re, sqlite3, subprocess, sys, tempfile, unittest
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
import confine
from erms import *

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = '''#!/bin/sh
# Says what a program of the operator's could do in there.
touch /var/lib/seen 2>/dev/null && w=yes
grep -q Mem /proc/meminfo 2>/dev/null && w=yes
echo "{\\"email\\": \\"$2\\", \\"status\\": \\"${w:+not }on its way\\"}"
'''
LOOKUP = '''[lookup order]
pattern = LV-[0-9]{{6}}
owner = email
{}
'''


class Units(unittest.TestCase):
    """systemd's own judgement; 0 is nothing to fear, 10 no sandbox at all. What is left for
    erms.service is that it talks to the network."""
    EXPOSURE = {'erms.service': 1.2, 'erms-train.service': 0.3}

    def analyze(self, *args):
        done = subprocess.run(['systemd-analyze', *args], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_exposure(self):
        for name, bound in self.EXPOSURE.items():
            code, out = self.analyze('security', '--offline=true', f'--threshold={bound * 10:.0f}',
                                     '--no-pager', str(ROOT / 'doc' / name))
            found = float(re.search(r'exposure level for \S+: ([0-9.]+)', out)[1])
            self.assertLessEqual(found, bound, out)
            self.assertEqual(code, 0, out)

    def test_systemd_understands_them(self):
        with tempfile.TemporaryDirectory() as dir:
            for path in (ROOT / 'doc').glob('*.[st][ei][rm]*'):
                if path.suffix in ('.service', '.timer'):
                    text = path.read_text().replace('ExecStart=erms ', 'ExecStart=/bin/true ')
                    Path(dir, path.name).write_text(text)
            names = sorted(str(p) for p in Path(dir).iterdir())
            self.assertEqual(len(names), 4)
            code, out = self.analyze('verify', '--man=no', *names)
            self.assertEqual((code, out.strip()), (0, ''))


def can_sandbox():
    try:
        import seccomp
        done = subprocess.run(['bwrap', '--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc',
                               'true'], capture_output=True)
        return done.returncode == 0
    except (ImportError, OSError):
        return False


@unittest.skipUnless(can_sandbox(), 'this machine lets nobody make a sandbox')
class Inside(ErmsTest):
    unit = 'erms.service'

    def _call(self, args, home=..., env=None):
        command, environment = super()._call(args, home, env)
        if home is None or args[0] not in ('run', 'train', 'check'):
            return command, environment
        seen = ':'.join(p for p in (str(Path(ERMS).resolve().parent), str(Path(self.tls.ca).parent)) if p[:5] == '/tmp/')
        return self.inside(*command, readable=seen), environment

    def inside(self, *command, readable=''):
        return [sys.executable, '-B', str(ROOT / 'tests/lib/confine.py'), str(ROOT / 'doc' / self.unit),
                str(self.home), readable, *command]

    def says(self, code):
        done = subprocess.run(self.inside('/usr/bin/python3', '-c', code), capture_output=True, text=True)
        return (done.stdout + done.stderr).strip()

    def test_the_sandbox_holds(self):
        """Else the other tests prove nothing."""
        attempt = 'try:\n  {}\n  print("done")\nexcept (OSError, AttributeError) as e: print("refused")'
        for code in ('open("/etc/erms-was-here", "w")', 'import socket; socket.socket(socket.AF_NETLINK)',
                     'import mmap; mmap.mmap(-1, 4096, prot=7)', 'open("/dev/sda")', 'open("/proc/meminfo").read()',
                     'import os; os.chown(".", 1000, 1000)', 'import os; os.setgroups([])', 'import os; os.nice(1)',
                     'import os; os.chmod(os.environ["ERMS_HOME"], 0o4700)', 'import os; os.chroot("/")',
                     'import resource as r; r.setrlimit(r.RLIMIT_CORE, (9, 9))'):
            os.environ['ERMS_HOME'] = str(self.home)
            self.assertEqual(self.says(attempt.format(code).replace('OSError', 'OSError, ValueError')), 'refused', code)
        self.assertEqual(self.says(attempt.format('import ctypes; x = ctypes.CDLL(None, use_errno=True).unshare(0x10000000)\n'
                                                  '  if x: raise OSError')), 'refused')
        self.assertEqual(self.says(attempt.format(f'open("{self.home}/x", "w")')), 'done')
        self.assertEqual((self.home / 'x').stat().st_mode & 0o777, 0o600)

    def a_pass(self, source):
        """The answer about hours needs the lookup; the passwords come from a command."""
        self.answer('hours/open.en.md', 'title: Hours\nstate: approved\napprover: Erika Beispiel\ndiscloses: personal\n---\n'
                    '{{greeting}}\n\nWe are open. Your order is {{order.status}}.\n')
        self.configure(extra=LOOKUP.format(source))
        conf = self.home / 'erms.conf'
        conf.write_text(conf.read_text().replace('password-file = password', 'password-command = echo secret'))
        asked = EmailMessage(policy=email.policy.SMTP)
        asked['From'], asked['To'] = 'lee@customer.example', 'service@shop.example'
        asked['Subject'], asked['Message-ID'] = 'Opening hours', '<1@customer.example>'
        asked.set_content('When are you open on saturday? LV-000001')
        asked.add_alternative('<p>When are you <b>open</b> on saturday? LV-000001</p>', subtype='html')
        asked.add_attachment(b'\x89PNG' * 500, maintype='image', subtype='png', filename='x.png')
        self.deliver(question('pat@customer.example'), bytes(asked), riddle('joe@customer.example'))
        self.erms('run', '--verbose')
        self.assertEqual([line for line in self.last.stderr.splitlines() if not line.startswith('erms: ticket ')], [])
        self.assertIn('pat@customer.example', self.recipients())
        self.assertEqual(self.ticket_of('joe@customer.example')['state'], 'open')
        # Sent or suggested: this is about the lookup, not about the policy.
        self.assertIn('Your order is on its way.', self.ticket_of('lee@customer.example')['replies'][0]['body'])

    def test_a_pass_with_a_database(self):
        with sqlite3.connect(self.home / 'orders.db') as db:
            db.execute('CREATE TABLE orders (number TEXT, email TEXT, status TEXT)')
            db.execute("INSERT INTO orders VALUES ('LV-000001', 'lee@customer.example', 'on its way')")
        self.a_pass('database = orders.db\nquery = SELECT email, status FROM orders WHERE number = :key')

    def test_a_pass_with_a_program(self):
        (self.home / 'lookup').write_text(PROGRAM)
        (self.home / 'lookup').chmod(0o700)
        self.a_pass(f'program = {self.home}/lookup')

    def test_starttls_and_check(self):
        self.configure(imap=self.imap.port, mailbox='tls = starttls', smtp=self.smtp.port, smtp_extra='tls = starttls')
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        self.assertEqual(self.recipients(), ['kim@customer.example'])
        self.erms('check')
        self.assertIn('all is well', self.last.stdout)

    def test_files(self):
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        for path in self.home.rglob('*'):
            if not {'kb', 'model'} & set(path.relative_to(self.home).parts):
                self.assertEqual(path.stat().st_mode & 0o077, 0, path)


class Training(Inside):
    unit = 'erms-train.service'
    test_a_pass_with_a_database = test_a_pass_with_a_program = test_starttls_and_check = test_files = None

    def test_a_training(self):
        """learn() trains in the sandbox, too, for the first test of the class."""
        self.erms('train')
        self.assertEqual(self.last.stderr, '')
        self.assertIn('on held-out mail', self.last.stdout)


if __name__ == '__main__':
    unittest.main()
