#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run is killed wherever it talks to the disk or to a server, again and again, and nothing is
lost, doubled or forgotten. ERMS_KILLS=all: at every point, before it and after it; else at each kind of
point (call, target, phase) and at some more between; ERMS_KILLS=N: at about N."""
import os, random, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from disturbed import *

KILLS = os.environ.get('ERMS_KILLS', '40' if SANITIZED else '150')
SEQUENCES = 40 if KILLS == 'all' else 2 if SANITIZED else 6


class KillTest(DisturbedTest):
    def chosen(self, points, first=1, many=0):
        """[(how, number)] of the kills to make, from point FIRST on: MANY, but each kind. Right after a
        point on the disk is right before the next one, so that "after" is only for servers."""
        if KILLS == 'all':
            return [(how, n) for n, name in enumerate(points, 1) for how in ('kill', 'killafter')
                    if n >= first and (how == 'kill' or name.split()[0] in ('send', 'connect', 'shutdown', 'close'))]
        kinds, picked = {}, []
        for n, name in enumerate(points[first - 1:], first):
            kinds.setdefault(name, []).append(n)
        for name, numbers in kinds.items():
            picked.append(('kill', numbers[len(numbers) // 2]))
            if name.startswith('send'):
                picked.append(('killafter', numbers[-1]))
        more, whole = max(many - len(picked), 0), len(points) + 1 - first
        picked += [('kill', first + i * whole // more) for i in range(more)]
        return list(dict.fromkeys(picked))[::3 if SANITIZED else 1]

    def kill_each(self, chosen):
        hits, lost = Counter(), Counter()

        def kill(item):
            how, number = item
            round = self.round()
            done = round.run(faults=f'{how}={number}', expect=(KILLED, DONE))
            if done.returncode == KILLED:
                name = round.hit()
                hits[f'{how} {name}'] += 1
                round.settle()
                lost['unknown'] += len(round.query("SELECT 1 FROM reply WHERE state = 'unknown'"))
            round.close()
            if sum(hits.values()) % 250 == 249:
                print(f'{sum(hits.values())} of {len(chosen)}', file=sys.stderr, flush=True)
        self.each(kill, chosen)
        self.report(hits)
        print(f'{lost["unknown"]} answers were given to a human because nobody can know')
        self.assertGreater(sum(hits.values()), len(chosen) * 0.9)

    def kill_again_and_again(self, sequences):
        hits = Counter()

        def kill_often(seed):
            chance, round = random.Random(seed), self.round()
            for i in range(60):
                how = chance.choice(('kill', 'killafter'))
                done = round.run(faults=f'{how}={chance.randint(1, 40 + 40 * i)}', expect=(KILLED, DONE))
                if done.returncode == DONE:
                    break
                hits[f'{how} {round.hit()}'] += 1
            round.settle()
            round.close()
        self.each(kill_often, range(sequences))
        self.report(hits)

    def report(self, hits):
        print(f'\n{len(self.points)} points, {sum(hits.values())} kills at {len(hits)} kinds of points')
        if KILLS == 'all':
            for kind, n in sorted(hits.items()):
                print(f'{n:6} {kind}')
        sys.stdout.flush()

    def filing(self):
        """The first point of moving mails."""
        return next(n for n, name in enumerate(self.points, 1) if name.endswith('STATUS'))


class Kills(KillTest):
    """A server with MOVE and UIDPLUS."""

    def test_killed_anywhere(self):
        self.kill_each(self.chosen(self.points, many=0 if KILLS == 'all' else int(KILLS)))

    def test_killed_again_and_again(self):
        self.kill_again_and_again(SEQUENCES)


class WithoutMove(KillTest):
    """A move is COPY, STORE, EXPUNGE: no mail may be in two folders afterwards."""
    imap_options = {'capability': 'IMAP4rev1 UIDPLUS'}

    def test_killed_while_filing(self):
        self.assertTrue(any('UID-COPY' in name for name in self.points))
        self.kill_each(self.chosen(self.points, self.filing()))


class WithoutUidplus(WithoutMove):
    """Nor can a single mail be expunged: what counts is what is not marked as deleted."""
    imap_options = {'capability': 'IMAP4rev1'}

class OtherCommands(KillTest):
    def killed(self, command, input=None, after=lambda round: None, **options):
        """Kills COMMAND, after a whole run, at its kinds of points."""
        first, hits = self.round(), Counter()
        first.run()
        _, points = first.trace(command=command, input=input)
        first.close()

        def kill(item):
            how, number = item
            round = self.round()
            round.run()
            done = round.run(faults=f'{how}={number}', expect=(KILLED, DONE), command=command, input=input)
            if done.returncode == KILLED:
                hits[f'{how} {round.hit()}'] += 1
            after(round)
            round.settle()
            round.close()
        self.each(kill, self.chosen(points, **options))
        self.assertGreater(sum(hits.values()), 3 if SANITIZED else 10)
        self.report(hits)

    def test_killed_while_an_agent_answers(self):
        """What an agent sends leaves at most once, too; what is half done is done by the next run."""
        address = 'lee0@land0.example'
        first = self.round()
        first.run()
        (ticket,), = first.query('SELECT id FROM ticket WHERE customer = ?', address)
        self.killed(('ticket', 'reply', str(ticket), '--body', '-'), 'Zebras do not eat umbrellas.\n',
                    lambda round: round.by_hand.add(address))

    def test_killed_while_training(self):
        """There is the old model or the new one, never half of one."""
        self.killed(('train',))


if __name__ == '__main__':
    unittest.main()
