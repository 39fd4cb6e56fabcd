#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run, when the servers die, hang, trickle or say no: at each command, over a mixed batch. The
disturbed run ends in time and with a word; the next ones do what is left; nothing is lost or doubled.
ERMS_KILLS=all: every fault at every command; else the slow ones only where they differ."""
import sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from disturbed import *
from proxy import Saboteur

PATIENCE = 'idle-timeout = 1s\ndeadline = 3s'
IMAP = {'greeting': b'', 'capability': br'^\S+ CAPABILITY', 'login': br'^\S+ (AUTHENTICATE|LOGIN)',
        'namespace': br'^\S+ NAMESPACE', 'select': br'^\S+ (SELECT|EXAMINE)', 'list folders': br'^\S+ LIST',
        'list mails': br'^\S+ UID FETCH \S+ \(UID RFC822', 'fetch': br'^\S+ UID FETCH \S+ \(UID BODY',
        'status': br'^\S+ STATUS', 'create': br'^\S+ CREATE', 'subscribe': br'^\S+ SUBSCRIBE',
        'move': br'^\S+ UID MOVE', 'append': br'^\S+ APPEND', 'logout': br'^\S+ LOGOUT'}
IMAP_FAULTS = ('close', 'lose', 'silence', 'trickle', 'NO cannot', 'NO [UNAVAILABLE] later', 'BAD what?', 'nonsense')
SMTP = {'greeting': b'', 'EHLO': b'^EHLO', 'AUTH': b'^AUTH', 'MAIL': b'^MAIL', 'RCPT': b'^RCPT', 'DATA': b'^DATA',
        'dot': br'^\.$', 'QUIT': b'^QUIT'}
SMTP_FAULTS = ('close', 'lose', 'silence', 'trickle', '421 closing', '450 busy', '550 no', 'nonsense')
SLOW = {'silence': ('greeting', 'fetch', 'move', 'append', 'MAIL', 'dot'), 'trickle': ('fetch', 'move', 'dot'),
        'nonsense': ('greeting', 'move', 'RCPT', 'dot'), 'BAD what?': ('fetch', 'move')}
ALL = os.environ.get('ERMS_KILLS') == 'all'
TROUBLE = (DONE, FAILED, UNREACHABLE, TRY_LATER, LOGIN)


class Sabotage(DisturbedTest):
    mailbox = 'sent-folder = Sent'

    def disturb(self, item):
        imap, command, pattern, fault, times = item
        port = (self.imap if imap else self.smtp).port
        relay = Saboteur(port, pattern, fault, imap=imap, times=times, pause=0.01)
        try:
            which = {'imap' if imap else 'smtp': relay.port}
            round = self.round(mailbox=PATIENCE, smtp_extra=PATIENCE, **which)
            begin = time.monotonic()
            done = round.run(expect=TROUBLE)
            self.assertLess(time.monotonic() - begin, 40)
            self.assertGreater(relay.hits, 0, 'nothing was disturbed')
            if done.returncode != DONE:
                self.assertRegex(done.stderr, r'\[mailbox (support|sales)\]|\[smtp\]')
            self.codes[done.returncode] += 1
        finally:
            relay.stop()
        round.configure()
        round.settle()
        round.close()

    def matrix(self, imap, commands, faults):
        self.codes = Counter()
        items = [(imap, command, pattern, fault, times) for command, pattern in commands.items()
                 for fault in faults if ALL or command in SLOW.get(fault, commands)
                 for times in (None, 1) if times is None or ALL and fault in ('close', 'lose')]
        self.each(self.disturb, items, workers=4)
        print(f'\n{len(items)} disturbances of {len(commands)} commands:', dict(self.codes), flush=True)

    def test_imap(self):
        self.matrix(True, IMAP, IMAP_FAULTS)

    def test_smtp(self):
        self.matrix(False, SMTP, SMTP_FAULTS)


class Sick(ErmsTest):
    def test_a_server_that_loses_every_answer_gets_three(self):
        """Nobody can know whether those left; the others wait and go out when the server is well."""
        self.deliver(*(question(f'lost+{i}@town{i}.example', f'Mail {i}') for i in range(6)))
        self.assertIn('0 sent, 3 waiting, 3 failed', self.erms('run', expect=UNREACHABLE))
        self.assertIn('[smtp]: 3 connections were lost', self.last.stderr)
        self.assertEqual(len(self.smtp.received()), 3)
        self.deliver(question('kim@customer.example'))
        self.assertIn('1 waiting, 3 failed', self.erms('run', expect=UNREACHABLE))
        self.erms('run')
        self.assertEqual(len(self.recipients()), len(set(self.recipients())))
        self.assertIn('kim@customer.example', self.recipients())


if __name__ == '__main__':
    unittest.main()
