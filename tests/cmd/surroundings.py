#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run on a disk that is full, broken or read-only, with a database that somebody else holds, and
with a clock that jumps: over a mixed batch, and nothing is lost, doubled or forgotten."""
import sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from disturbed import *

DAY, YEAR = 86400, 365 * 86400
ALL = os.environ.get('ERMS_KILLS') == 'all'


class Surroundings(DisturbedTest):
    def some(self, wanted, most):
        """Numbers of points whose name matches: of each kind the first and the last, or all."""
        kinds = {}
        for n, name in enumerate(self.points, 1):
            if re.search(wanted, name):
                kinds.setdefault(name, []).append(n)
        numbers = sorted({n for of_kind in kinds.values() for n in (of_kind if ALL else (of_kind[0], of_kind[-1]))})
        self.assertTrue(numbers, wanted)
        step = 1 if ALL else max(1, -(-len(numbers) // most))
        return numbers[::step]

    def disturb(self, fault, expect, words=''):
        round = self.round()
        done = round.run(faults=fault, expect=expect)
        if done.returncode != DONE:
            self.assertRegex(done.stderr, words)
        self.codes[done.returncode] += 1
        round.settle()
        round.close()

    def disturb_each(self, faults, expect, words=''):
        self.codes = Counter()
        self.each(lambda fault: self.disturb(fault, expect, words), faults)
        print(f'\n{len(faults)} times:', dict(self.codes), flush=True)

    def test_disk_full(self):
        """For good, and for a moment."""
        numbers = self.some('^(write|pwrite64|ftruncate64|open) ', 14)
        self.disturb_each([f'enospc={n}{k}' for n in numbers for k in ('', '+1', '+5')],
                          (DONE, TRY_LATER), r'erms\.db|run\.lock')
        self.assertGreater(self.codes[TRY_LATER], self.codes[DONE])

    def test_disk_full_says_so(self):
        done = self.round().run(faults=f'enospc={self.some("^pwrite64 erms.db-wal UID-FETCH", 1)[0]}', expect=TRY_LATER)
        self.assertRegex(done.stderr, 'erms.db: .*full')

    def test_disk_broken(self):
        numbers = self.some('sync ', 14)
        self.disturb_each([f'eio={n}{k}' for n in numbers for k in ('', '+1')], (DONE, TRY_LATER), r'erms\.db: .*I/O')
        self.assertGreater(self.codes[TRY_LATER], 0)

    def test_read_only(self):
        """The home or the database alone: nothing is begun that could not be written down."""
        for below in ('.', 'erms.db'):
            round = self.round()
            before = [sorted(round.mails(account)) for account in ACCOUNTS]
            done = round.run(faults='erofs=1', expect=TRY_LATER, below=below)
            self.assertRegex(done.stderr, r'run\.lock: Read-only|erms\.db: cannot be opened')
            self.assertEqual([sorted(round.mails(account)) for account in ACCOUNTS], before)
            self.assertEqual(round.sent(), [])
            round.settle()

    def hold(self, round, seconds):
        """Somebody else writes to the database for so long."""
        db = sqlite3.connect(round.home / 'erms.db', isolation_level=None, check_same_thread=False)
        db.execute('BEGIN IMMEDIATE')

        def release():
            db.rollback()
            db.close()
        timer = threading.Timer(seconds, release)
        timer.start()
        return timer

    def locked(self, item):
        """From the start, or (marker) from a command to the SMTP server on."""
        marker, seconds, code = item
        timers = []
        relay = self.relay(self.smtp.port, marker or b'never', 'pass', to_server=True, times=1,
                           on_hit=lambda: timers.append(self.hold(round, seconds)))
        round = self.round(smtp=relay.port)
        if not marker:
            timers.append(self.hold(round, seconds))
        done = round.run(expect=code)
        if code != DONE:
            self.assertRegex(done.stderr, r'erms\.db: .*locked')
        for timer in timers:
            timer.join()
        round.configure()
        round.settle()

    def test_locked(self):
        """A short while is waited for, a long one is "try again later"."""
        self.each(self.locked, [(None, 1.5, DONE), (b'MAIL', 1.5, DONE), (None, 12, TRY_LATER),
                                (b'MAIL', 12, TRY_LATER)], workers=4)

    def test_clock_jumps_in_the_middle(self):
        numbers = self.some('^(recv|fdatasync) .*(FETCH|DATA|MOVE)', 6)
        self.disturb_each([f'clock={shift}@{n}' for n in numbers for shift in (-DAY, YEAR)], DONE)

    def test_clock_jumps_between_runs(self):
        """The run that is killed, and the one that goes on, are a day or a year apart."""
        def jump(item):
            number, first, second = item
            round = self.round()
            round.run(faults=f'kill={number},clock={first}', expect=(KILLED, DONE))
            for _ in range(2):
                round.run(faults=f'clock={second}')
            round.check()
            round.settle()
            round.close()
        numbers = self.some('^send smtp (RCPT|DATA)|^fdatasync erms.db-wal (DATA|UID-FETCH|UID-MOVE)', 5)
        self.each(jump, [(n, first, second) for n in numbers
                         for first, second in ((0, -DAY), (0, YEAR), (YEAR, 0), (-DAY, 0))])


if __name__ == '__main__':
    unittest.main()
