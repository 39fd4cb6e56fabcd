#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How long does one correction take? A home with N invented labelled mails in 40 categories, trained; then
`erms label` of fetched mail, with few and with many corrections since the training, and the same in process
(bench-learn: ninja tests/bench-learn).

    tests/bench/label.py [--mails 20000] [--build build]

Prints medians in milliseconds, and what a command that opens no model takes, for comparison.
"""
import argparse, random, statistics, subprocess, sys, tempfile, time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/lib'))
from servers import Dovecot

CATEGORIES, FETCHED = 40, 24
POLITE = ['Hello,', 'Dear all,', 'Guten Tag,', 'Sehr geehrte Damen und Herren,', 'Hi,']
FRAMES = ['I have a question about the {0} and the {1}.', 'Since yesterday the {0} does not work with my {1}.',
          'Could you please tell me whether {0} and {1} go together?', 'Leider habe ich ein Problem mit {0} und {1}.',
          'Bitte senden Sie mir etwas zu {0}, es geht um {1}.', 'My {0} is not what I expected of a {1}.',
          'Wann kommt denn nun {0}? Ich warte auf {1}.', 'What does {0} cost, and is {1} part of it?']
CLOSE = ['Kind regards', 'Mit freundlichen Grüßen', 'Thank you very much', 'Vielen Dank']
CONF = '''[general]
sending = off
max-error = 0.05
[mailbox support]
host = localhost
port = {port}
ca-file = {ca}
user = support
password-file = password
'''


class Writer:
    """Mail in CATEGORIES categories, each with words of its own among many that are shared."""

    def __init__(self):
        self.random = random.Random(1)
        self.shared = [self.word() for _ in range(4000)]
        self.own = [[self.word() for _ in range(40)] for _ in range(CATEGORIES)]

    def word(self):
        return ''.join(self.random.choice('bdfgklmnprstvz') + self.random.choice(['a', 'e', 'i', 'o', 'u', 'au', 'ei'])
                       for _ in range(self.random.randint(2, 4))) + self.random.choice('nrst')

    def mail(self, number, category):
        choice, lines = self.random.choice, []
        for _ in range(self.random.randint(3, 8)):
            words = [choice(self.own[category] if self.random.random() < 0.5 else self.shared) for _ in range(2)]
            lines.append(choice(FRAMES).format(*words))
        subject = f'{choice(self.own[category])} {choice(self.shared)}'
        body = '\n'.join([choice(POLITE), ''] + lines + ['', choice(CLOSE)])
        return (f'From: c{number}@customer.example\nTo: service@shop.example\nSubject: {subject}\n'
                f'Date: Mon, 05 Jan 2026 08:12:31 +0100\nMessage-ID: <bench.{number}@customer.example>\n'
                f'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n'
                f'{body}\n')


class Bench:
    def __init__(self, options, work):
        self.options, self.work, self.home = options, work, work / 'home'
        self.writer = Writer()
        self.names = [f'category-{c:02}' for c in range(CATEGORIES)]

    def erms(self, *args, home=True):
        command = [str(Path(self.options.build) / 'cmd/erms'), *(['-C', str(self.home)] if home else []), *args]
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f'{command}: {done.stdout}{done.stderr}')
        return done.stdout, 1000 * (time.perf_counter() - start)

    def median(self, calls):
        return statistics.median(self.erms(*call)[1] for call in calls)

    def write_folder(self, name, mails):
        """mails: [(number, category, text)]; one mbox per category."""
        for number, category, text in mails:
            path = self.work / name / self.names[category] / 'mail.mbox'
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, 'a') as box:
                box.write(f'From bench Mon Jan  5 08:12:31 2026\n{text}\n')
        return str(self.work / name)

    def prepare(self):
        server = Dovecot(self.work)
        try:
            self.erms('init', str(self.home), home=False)
            (self.home / 'erms.conf').write_text(CONF.format(port=server.tls_port, ca=server.tls.ca))
            (self.home / 'password').write_text('secret')
            (self.home / 'password').chmod(0o600)
            for name in self.names:
                (self.home / 'kb' / name).mkdir(parents=True)
                (self.home / 'kb' / name / 'answer.en.md').write_text('---\ntitle: Answer\nstate: draft\n---\nYes.\n')
            self.mails = [(i, i % CATEGORIES, self.writer.mail(i, i % CATEGORIES)) for i in range(self.options.mails)]
            self.erms('import', self.write_folder('labelled', self.mails))
            print(f'{self.options.mails} mails in {CATEGORIES} categories; trained in {self.erms("train")[1] / 1000:.1f} s')
            for i in range(FETCHED):
                server.deliver('support', self.writer.mail(10 ** 6 + i, i % CATEGORIES).encode())
            self.erms('run')
        finally:
            server.stop()

    def measure(self, pending):
        tickets = [str(1 + i) for i in range(FETCHED)]
        print(f'\n{pending} corrections since the training')
        print(f'  erms ticket show (no model)  {self.median(("ticket", "show", t) for t in tickets):7.1f} ms')
        print(f'  erms classify                {self.median(("classify", str(self.work / "one.eml")) for _ in tickets):7.1f} ms')
        calls = [('label', t, self.names[self.writer.random.randrange(CATEGORIES)]) for t in tickets]
        print(f'  erms label                   {self.median(calls):7.1f} ms')
        print('  in process: ' + subprocess.run([str(Path(self.options.build) / 'tests/bench-learn'), 'home', str(self.home)],
                                                check=True, capture_output=True, text=True).stdout.strip())

    def run(self):
        self.prepare()
        (self.work / 'one.eml').write_text(self.writer.mail(10 ** 7, 3))
        self.erms('label', '1', self.names[7])
        print('\n' + self.erms('label', '1', self.names[9])[0].strip())
        subprocess.run([str(Path(self.options.build) / 'tests/bench-learn'), 'home', str(self.home)], check=True)
        done = 0
        for pending in (0, 100, 450):
            wrong = [(n, (c + 1) % CATEGORIES, text) for n, c, text in self.mails[done:pending]]
            if wrong:
                self.erms('import', self.write_folder(f'relabelled-{pending}', wrong))
            done = pending
            self.measure(pending)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--mails', type=int, default=20000)
    parser.add_argument('--build', default=str(ROOT / 'build'))
    with tempfile.TemporaryDirectory(prefix='erms-bench-') as work:
        Bench(parser.parse_args(), Path(work)).run()


if __name__ == '__main__':
    main()
