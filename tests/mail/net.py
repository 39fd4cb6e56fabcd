#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What net_*.py share: they drive netprobe (netprobe.c: transport, imap and smtp on the command line)
against real servers (tests/lib/servers.py) and against scripted ones that misbehave.
Usage: net_X.py NETPROBE [unittest arguments]"""
import atexit, contextlib, hashlib, os, re, shutil, socket, ssl, subprocess, sys, tempfile, threading, time
import unittest, warnings
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'lib'))
from servers import Certificates, Dovecot, SmtpServer, free_port  # noqa: F401, for the tests

DIR = Path(tempfile.mkdtemp(prefix='erms-net-'))  # for certificates, logs and files
DIR.chmod(0o755)
atexit.register(shutil.rmtree, DIR, ignore_errors=True)
MAIL = b'From: a@b.example\r\nSubject: hello\r\n\r\nbody\r\n'
(DIR / 'leaks').write_text('leak:mailimap_greeting_new\n')  # libetpan loses a BYE greeting
CLEAN = {'MALLOC_PERTURB_': '0',  # which would touch memory that is only reserved
         'ASAN_OPTIONS': 'exitcode=99', 'UBSAN_OPTIONS': 'halt_on_error=1:exitcode=99',
         'LSAN_OPTIONS': f'suppressions={DIR}/leaks:print_suppressions=0'}


class Outcome:
    def __init__(self, lines, code, seconds, memory_kb):
        self.lines, self.code, self.seconds, self.memory_kb = lines, code, seconds, memory_kb

    def of(self, word):
        return [tuple(line.split(' ')[1:]) for line in self.lines if line.split(' ')[0] == word]

    @property
    def error(self):
        return next((line[6:] for line in self.lines if line.startswith('error ')), None)


def probe(kind, settings, *command, limit=60):
    """Runs the probe; commands are separated by ','. A hang fails the test."""
    args = [PROBE, kind] + [f'{k}={v}' for k, v in settings.items()] + [str(c) for c in command]
    begin = time.monotonic()
    done = subprocess.run(args, capture_output=True, timeout=limit, env=os.environ | CLEAN)
    talk = done.stderr.decode('utf-8', 'replace')
    assert done.returncode in (0, 1), f'{args}: ended by {done.returncode}\n{talk}'
    memory = int(re.search(r'^memory (\d+)', talk, re.M)[1])
    return Outcome(done.stdout.decode().splitlines(), done.returncode, time.monotonic() - begin, memory)


class Scripted:
    """A server of one port; TALK(conn) is run for each connection, in a thread."""

    def __init__(self, talk, tls=None):
        self.talk, self.tls = talk, tls
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.lines = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        with contextlib.suppress(OSError, ssl.SSLError, ValueError):
            if self.tls:
                conn = self.tls.wrap_socket(conn, server_side=True)
            self.talk(self, conn)
        with contextlib.suppress(OSError):
            conn.close()

    def read_lines(self, conn):
        for line in conn.makefile('rb'):
            self.lines.append(line.decode().rstrip('\r\n'))
            yield self.lines[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


def fake_imap(answers={}, capability='IMAP4rev1 UIDPLUS MOVE AUTH=PLAIN SASL-IR', greeting=b'* OK hi\r\n'):
    """A server that says yes to everything. ANSWERS: {start of a command: bytes, or function(conn)};
    the bytes %TAG% become the command's tag."""
    def talk(server, conn):
        conn.sendall(greeting)
        for line in server.read_lines(conn):
            tag, command = line.split(' ', 1)
            for start, answer in answers.items():
                if command.upper().startswith(start):
                    break
            else:
                answer = b''
                if command == 'CAPABILITY':
                    answer = b'* CAPABILITY %s\r\n' % capability.encode()
                if command.startswith('SELECT'):
                    answer = (b'* 9 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 100] ok\r\n'
                              b'* FLAGS (\\Seen)\r\n')
                answer += b'%TAG% OK done\r\n'
            if callable(answer):
                answer(conn, tag.encode())
            else:
                conn.sendall(answer.replace(b'%TAG%', tag.encode()))
    return talk


def body(uid, data, number=1):
    return b'* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n' % (number, uid, len(data), data)


def digest(data):
    return hashlib.sha256(data).hexdigest()


PLAIN = {'host': '127.0.0.1', 'tls': 'none', 'user': 'support', 'secret': 'secret'}
SELECT = ('select', 'INBOX', ',')


class Case(unittest.TestCase):
    def imap(self, server, *command, limit=60, **settings):
        return probe('imap', PLAIN | {'port': server.port} | settings, *command, limit=limit)

    def smtp(self, server, *command, **settings):
        return probe('smtp', PLAIN | {'port': server.port} | settings, *command)

    def assertFails(self, outcome, code, *words):
        self.assertIsNotNone(outcome.error, outcome.lines)
        self.assertEqual(outcome.error.split(' ')[0], code, outcome.error)
        for word in words:
            self.assertIn(word, outcome.error)

    def assertWorks(self, outcome):
        self.assertEqual(outcome.code, 0, outcome.lines)

    def assertSmall(self, outcome, megabytes):
        if not SANITIZED:  # that makes memory figures meaningless
            self.assertLess(outcome.memory_kb, megabytes * 1000)


def main():
    warnings.simplefilter('ignore')  # of ssl and aiosmtpd, about what the tests do on purpose
    unittest.main(module='__main__', warnings='ignore')


PROBE = sys.argv.pop(1)
SANITIZED = b'__asan_init' in Path(PROBE).read_bytes()
