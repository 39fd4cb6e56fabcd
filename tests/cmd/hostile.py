#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Mail and servers that end the program, or try to: they cost one ticket, never the run."""
import os, re, signal, sys, threading, time, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

SANITIZED = os.environ.get('SANITIZED') == '1'

LOOKUP = '''[lookup order]
pattern = (LV-[0-9]{{6}})
program = {program}
owner = email
'''
# Stands for a fault that one mail finds in the model, in an answer, in a library.
KILLER = '''#!/usr/bin/python3
import os, sys
if sys.argv[1].endswith('666'):
    os.kill(os.getppid(), {signal})
'''
STATUS = ('title: Hours\nstate: approved\napprover: Erika Beispiel\ndiscloses: personal\n---\n'
          '{{greeting}}\n\nWe are open. Your order {{order.status}}.\n')


def poison(sender='kim@customer.example', **headers):
    return mail(sender, 'Opening hours', 'When are you open on saturday? LV-000666', **headers)


class Judge(ErmsTest):
    """Deciding about a mail ends the program."""

    def kill_by(self, number):
        program = self.home / 'killer'
        program.write_text(KILLER.format(signal=int(number)))
        program.chmod(0o700)
        self.answer('hours/open.en.md', STATUS)
        self.configure(extra=LOOKUP.format(program=program))

    def test_b15_a_mail_that_ends_every_run_ends_three(self):
        self.kill_by(signal.SIGKILL)
        self.deliver(question('ann@customer.example'), poison(), question('bob@customer.example'))
        for attempt in range(3):
            self.erms('run', expect=-signal.SIGKILL)
        self.erms('run')
        self.assertIn('broke off 3 times', self.last.stderr)
        self.assertEqual(sorted(self.recipients()), ['ann@customer.example', 'bob@customer.example'])
        self.assertEqual(self.folders(), {'Answered': ['Forgot password'] * 2, 'Unreadable': ['Opening hours']})
        ticket = self.ticket_of('kim@customer.example')
        self.assertEqual((ticket['state'], ticket['queue']), ('open', 'general'))
        verdict = ticket['messages'][0]['verdict']
        self.assertEqual((verdict['action'], verdict['reason']), ('hold', 'poisonous'))
        self.assertEqual(len(self.tickets()), 3)
        self.erms('run')
        self.assertEqual(self.last.stderr, '')

    def test_others_go_on_after_the_first_death(self):
        """Those that were with it in the first batch do not wait for it."""
        self.kill_by(signal.SIGKILL)
        self.deliver(question('ann@customer.example'), poison())
        self.erms('run', expect=-signal.SIGKILL)
        self.deliver(question('bob@customer.example'))
        self.erms('run', expect=-signal.SIGKILL)
        self.assertEqual(self.json('ticket', 'show', '1')['messages'][0]['verdict']['action'], 'send')
        self.erms('run', expect=-signal.SIGKILL)
        self.erms('run')
        self.assertEqual(sorted(self.recipients()), ['ann@customer.example', 'bob@customer.example'])

    def test_a_fault_that_was_mended_costs_nothing(self):
        self.kill_by(signal.SIGKILL)
        self.deliver(poison())
        for attempt in range(2):
            self.erms('run', expect=-signal.SIGKILL)
        (self.home / 'killer').write_text('#!/bin/sh\n')
        self.erms('run')
        self.assertEqual(self.folders(), {'Queues/front-desk': ['Opening hours']})
        self.assertIn(self.ticket()['messages'][0]['verdict']['reason'], ('lookup', 'disclosure'))

    def test_the_watchdog_ends_a_run_like_any_other_death(self):
        """The alarm clock is set while a mail is decided, and nothing catches it."""
        self.kill_by(signal.SIGALRM)
        self.deliver(poison())
        self.erms('run', expect=-signal.SIGALRM)

    def test_the_watchdog_leaves_no_program_behind(self):
        self.kill_by(signal.SIGALRM)
        program = self.home / 'killer'
        program.write_text(program.read_text().replace(
            'import os, sys\n', f'import os, sys, time\nopen({str(self.home / "pid")!r}, "w").write(str(os.getpid()))\n')
            + '    time.sleep(30)\n')
        self.deliver(poison())
        self.erms('run', expect=-signal.SIGALRM)
        pid = (self.home / 'pid').read_text()

        def gone():
            stat = Path('/proc', pid, 'stat')
            return not stat.exists() or stat.read_text().rsplit(')', 1)[1].split()[0] in 'ZX'
        self.wait_until(gone, 'the end of the program', 5)

    def test_signals_that_the_starter_ignores_or_blocks(self):
        """A password's program is waited for all the same, and the watchdog bites."""
        def ignore():
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD, signal.SIGALRM])
        self.kill_by(signal.SIGALRM)
        conf = self.home / 'erms.conf'
        conf.write_text(conf.read_text().replace('password-file = password', 'password-command = echo secret'))
        for raw, code in (question('ann@customer.example'), DONE), (poison(), -signal.SIGALRM):
            self.deliver(raw)
            command, environment = self._call(['run'])
            done = subprocess.run(command, capture_output=True, text=True, env=environment, preexec_fn=ignore, timeout=60)
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(self.recipients(), ['ann@customer.example'])

    def test_a_store_that_cannot_be_written_is_no_fault_of_the_mail(self):
        self.kill_by(signal.SIGKILL)
        self.deliver(poison())
        self.erms('run', expect=-signal.SIGKILL)
        (self.home / 'killer').write_text('#!/bin/sh\nexit 1\n')
        for attempt in range(3):
            self.erms('run', '--dry-run')
        self.erms('run')
        self.assertIn(self.ticket()['messages'][0]['verdict']['reason'], ('lookup', 'disclosure'))


class Reader(ErmsTest):
    """Reading a mail ends the worker: somebody kills it when its memory shows that it has that mail."""
    MEGABYTES = 15

    @staticmethod
    def workers(parent):
        for folder in Path('/proc').iterdir():
            if folder.name.isdigit():
                try:
                    if (b'parse-worker' in (folder / 'cmdline').read_bytes()
                            and int((folder / 'stat').read_text().rsplit(')', 1)[1].split()[1]) == parent):
                        yield int(folder.name), int((folder / 'statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')
                except OSError:
                    pass

    def run_and_kill(self, above, expect, number=signal.SIGSEGV, times=99):
        process = self.start('run')
        killed = []

        def watch():
            while process.poll() is None:
                for pid, memory in self.workers(process.pid):
                    if memory > above and pid not in killed and len(killed) < times:
                        os.kill(pid, number)
                        killed.append(pid)
        thread = threading.Thread(target=watch)
        thread.start()
        out, err = process.communicate(timeout=120)
        thread.join()
        self.assertEqual(process.returncode, expect, out + err)
        return killed, err

    @unittest.skipIf(SANITIZED, 'a worker with sanitizers is always larger than that')
    def test_b15_a_mail_that_kills_its_reader_is_one_ticket(self):
        large = mail('kim@customer.example', 'Poison', 'x' * 70 + '\r\n' + 'zebra umbrella ' * (self.MEGABYTES << 16))
        self.deliver(question('ann@customer.example'), large, question('bob@customer.example'))
        killed, err = self.run_and_kill(self.MEGABYTES << 20, FAILED)
        self.assertEqual(len(killed), 2, 'one try, and one more in a fresh worker')
        self.assertRegex(err, r'\[mailbox support\]: UID \d+ cannot be read and is left to a human: .*crashed')
        self.assertEqual(sorted(self.recipients()), ['ann@customer.example', 'bob@customer.example'])
        self.assertEqual(self.folders(), {'Answered': ['Forgot password'] * 2, 'Unreadable': ['Poison']})
        ticket = self.ticket_of('kim@customer.example')  # the header could be read
        self.assertEqual(ticket['messages'][0]['verdict']['reason'], 'unreadable')
        self.erms('run')
        self.assertEqual(len(self.tickets()), 3)

    @unittest.skipIf(SANITIZED, 'a worker with sanitizers is always larger than that')
    def test_a_reader_killed_for_want_of_memory_is_no_mails_fault(self):
        """SIGKILL is the kernel's, or somebody's: once is nothing; again, and the mail waits."""
        large = mail('kim@customer.example', 'Large', 'x' * 70 + '\r\n' + 'zebra umbrella ' * (self.MEGABYTES << 16))
        self.deliver(question('ann@customer.example'), large)
        killed, err = self.run_and_kill(self.MEGABYTES << 20, TRY_LATER, signal.SIGKILL)
        self.assertEqual(len(killed), 2)
        self.assertRegex(err, r'mail cannot be read now: .*killed from outside, 2 times \(UID 2\)')
        self.assertEqual(self.folders()['INBOX'][-1:], ['Large'])
        self.assertNotIn('kim@customer.example', [t['customer'] for t in self.tickets()])
        killed, err = self.run_and_kill(self.MEGABYTES << 20, DONE, signal.SIGKILL, times=1)
        self.assertEqual((len(killed), err), (1, ''))
        self.assertNotEqual(self.ticket_of('kim@customer.example')['messages'][0]['verdict']['reason'], 'unreadable')
        self.assertEqual(self.recipients(), ['ann@customer.example'])

    def test_without_a_reader_nothing_is_changed(self):
        # So large that somebody who looks for workers finds this one at work.
        large = mail('ann@customer.example', 'Large', 'x' * 70 + '\r\n' + 'zebra umbrella ' * (self.MEGABYTES << 16))
        self.deliver(large)
        killed, err = self.run_and_kill(0, TRY_LATER, signal.SIGKILL)
        self.assertIn('mail cannot be read now', err)
        self.assertEqual((self.folders(), self.tickets()), ({'INBOX': ['Large']}, []))
        self.erms('run')
        self.assertEqual([t['customer'] for t in self.tickets()], ['ann@customer.example'])

    def test_no_worker_stays_behind(self):
        self.deliver(question('hang@customer.example'))
        process = self.start('run')
        self.wait_until(self.smtp.received, 'the answer at the SMTP server')
        pids = [pid for pid, memory in self.workers(process.pid)]
        self.assertEqual(len(pids), 1)
        self.assertNotIn(b'secret', b''.join((Path('/proc') / str(pids[0]) / name).read_bytes()
                                             for name in ('cmdline',)))
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.wait_until(lambda: not Path(f'/proc/{pids[0]}').exists(), 'the end of the worker', 5)


class Inject(Proxy):
    """A relay that says something of its own before what the server says about a mail."""

    def __init__(self, port, words):
        super().__init__(port, b'* 1 FETCH', 'inject')
        self.words = words

    def _relay(self, source, sink, bad):
        while data := source.recv(65536):
            if bad and self.marker in data:
                before, data = data.split(self.marker, 1)
                self.hits += 1
                sink.sendall(before + self.words)
                data = self.marker + data
            sink.sendall(data)


class Server(ErmsTest):
    imap_options = {'users': {'support': 'secret', 'sales': 'secret'}}

    def test_b15_an_answer_nested_thirty_thousand_deep(self):
        """libetpan's parser calls itself for each, and would end the process."""
        for words in (b'* 9 FETCH (UID 99 BODYSTRUCTURE ' + b'(' * 30000,
                      b'* 9 FETCH (UID 99 BODY[] {4}\r\n"((" BODYSTRUCTURE ' + b'(' * 30000 + b'\r\n'):
            relay = Inject(self.imap.port, words)
            self.addCleanup(relay.stop)
            self.configure(imap=relay.port, mailbox='tls = none', extra=f'''
[mailbox sales]
host = localhost
port = {self.imap.tls_port}
ca-file = {self.tls.ca}
user = sales
password-file = password
''')
            self.deliver(riddle('kim@customer.example'))
            self.deliver(question(f'lee{len(words)}@customer.example'), user='sales')
            self.erms('run', expect=TRY_LATER)
            self.assertGreater(relay.hits, 0)
            self.assertRegex(self.last.stderr, r'\[mailbox support\].*nested too deeply')
            self.assertEqual(self.recipients()[-1], f'lee{len(words)}@customer.example')
            self.assertEqual(set(self.folders()), {'INBOX'})
        self.configure()
        self.erms('run')
        self.assertEqual(set(self.folders()), {'Queues/general'})

    def test_parentheses_in_a_mail_are_its_own(self):
        raw = mail('kim@customer.example', 'Lisp', '(' * 900 + '\r\n' + ('* 1 FETCH (BODY[] {9}\r\n' * 9))
        self.deliver(raw)
        self.erms('run')
        self.assertEqual(self.folders(), {'Queues/general': ['Lisp']})


if __name__ == '__main__':
    unittest.main()
