#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How fast is `erms run`? Fetch, parse, classify, decide, store (synchronous=FULL) and file N mails from
a private Dovecot over TLS, nothing answered; without and with 20 ms of round-trip time; mbsync (isync)
fetching the same mailbox in the same run is the measure.

    tests/bench/run.py [--mails 10000] [--runs 3] [--corpus FOLDER] [--filing keywords] [--erms build/cmd/erms]

Without --corpus the mails are the demonstration's labelled ones, each with a Message-ID and a last line
of its own. Prints medians, and ratios to mbsync. Wants isync.
"""
import argparse, asyncio, mailbox, os, resource, shutil, statistics, subprocess, sys, tempfile, threading, time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/lib'))
from servers import Dovecot, SmtpServer, free_port


def make_mails(corpus, count):
    """`count` different mails as bytes, with CRLF."""
    if corpus:
        files = [p for p in sorted(Path(corpus).rglob('*')) if p.is_file()]
        pool = [p.read_bytes() for p in files[:count]]
    else:
        boxes = sorted((ROOT / 'tests/demo/labelled').glob('*/*.mbox'))
        pool = [bytes(m) for box in boxes for m in mailbox.mbox(box)]
    for i in range(count):
        raw = pool[i % len(pool)].replace(b'\r\n', b'\n')
        head, _, body = raw.partition(b'\n\n')
        lines = [l for l in head.split(b'\n') if not l.lower().startswith(b'message-id:')]
        yield b'\r\n'.join(lines + [b'Message-ID: <bench.%d@bench.example>' % i, b'',
                                    body.replace(b'\n', b'\r\n') + b'%d\r\n' % i])


class DelayProxy(threading.Thread):
    """Passes bytes on `port` to `target`, each way `delay` seconds late: a network, not a slow one."""

    def __init__(self, target, delay):
        super().__init__(daemon=True)
        self.port, self.target, self.delay = free_port(), target, delay
        self.ready = threading.Event()
        self.start()
        self.ready.wait()

    def run(self):
        asyncio.run(self.serve())

    async def serve(self):
        await asyncio.start_server(self.connect, '127.0.0.1', self.port)
        self.ready.set()
        await asyncio.Event().wait()

    async def connect(self, reader, writer):
        back_reader, back_writer = await asyncio.open_connection('127.0.0.1', self.target)
        await asyncio.gather(self.pipe(reader, back_writer), self.pipe(back_reader, writer))

    async def pipe(self, reader, writer):
        loop = asyncio.get_running_loop()
        while data := await reader.read(1 << 20):
            loop.call_later(self.delay, writer.write, data)
        loop.call_later(self.delay, writer.close)


def timed(command, env=None):
    """(seconds, peak memory in MB) of a command that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f'{command}: {error}')
    return time.perf_counter() - start, usage.ru_maxrss / 1024


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.mails = list(make_mails(options.corpus, options.mails))
        self.size = sum(map(len, self.mails)) / 1e6

    def server(self, name):
        """A fresh Dovecot whose INBOX holds all mails."""
        folder = self.work / name
        folder.mkdir()
        server = Dovecot(folder)
        new = server.boxes['support'].maildir / 'new'
        for i, raw in enumerate(self.mails):
            (new / f'{1700000000 + i}.M{i}P1.bench').write_bytes(raw)
        if os.getuid() == 0:
            owner = new.stat()
            for path in new.iterdir():
                os.chown(path, owner.st_uid, owner.st_gid)
        with server.boxes['support'].imap() as session:  # the server's indexing of new mail is not
            session.select('INBOX')                      # the client's time, for either of them
            session.fetch('1:*', '(UID RFC822.SIZE)')
        return server

    def erms(self, name, delay):
        server = self.server(name)
        home = self.work / name / 'home'
        run = [self.options.erms, '-C', str(home)]
        subprocess.run([self.options.erms, 'init', str(home)], check=True, stdout=subprocess.DEVNULL)
        for path in (home / 'kb').rglob('*.md'):
            path.write_text(path.read_text().replace('state: draft', 'state: approved\napprover: Erika Beispiel'))
        port = DelayProxy(server.tls_port, delay / 2).port if delay else server.tls_port
        conf = (ROOT / 'tests/demo/erms.conf').read_text()
        for key, value in {'IMAP_PORT': port, 'SMTP_PORT': 1, 'CA': server.tls.ca, 'USER': 'support'}.items():
            conf = conf.replace(f'@{key}@', str(value))
        (home / 'erms.conf').write_text(conf.replace('sending = on', 'sending = off')
                                         .replace('[smtp]', f'filing = {self.options.filing}\n[smtp]'))
        (home / 'password').write_text('secret')
        (home / 'password').chmod(0o600)
        shutil.copy(self.work / 'orders.db', home)
        shutil.copy(self.work / 'current.model', home / 'model')
        seconds, memory = timed(run + ['run'])
        server.stop()
        return seconds, memory

    def mbsync(self, name, delay):
        server = self.server(name)
        port = DelayProxy(server.tls_port, delay / 2).port if delay else server.tls_port
        rc, target = self.work / name / 'mbsyncrc', self.work / name / 'copy'
        target.mkdir()
        rc.write_text(f'FSync no\nIMAPAccount a\nHost localhost\nPort {port}\nUser support\nPass secret\n'
                      f'SSLType IMAPS\nSystemCertificates no\nCertificateFile {server.tls.ca}\n\n'
                      f'IMAPStore far\nAccount a\n\nMaildirStore near\nPath {target}/\nInbox {target}/inbox\n\n'
                      'Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nCreate Near\n'
                      f'SyncState {target}/\n')
        rc.chmod(0o600)
        seconds, memory = timed(['mbsync', '-q', '-c', str(rc), 'c'])
        server.stop()
        return seconds, memory

    def prepare(self):
        """One model and one orders database for all runs."""
        home = self.work / 'teacher'
        subprocess.run([self.options.erms, 'init', str(home)], check=True, stdout=subprocess.DEVNULL)
        for command in (['import', str(ROOT / 'tests/demo/labelled')], ['train']):
            subprocess.run([self.options.erms, '-C', str(home)] + command, check=True, stdout=subprocess.DEVNULL)
        shutil.copy(home / 'model/current.model', self.work)
        subprocess.run(['sqlite3', str(self.work / 'orders.db')], check=True,
                       stdin=open(ROOT / 'tests/demo/orders.sql'))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--mails', type=int, default=10000)
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--corpus')
    parser.add_argument('--filing', default='move', help='move or keywords')
    parser.add_argument('--erms', default=str(ROOT / 'build/cmd/erms'))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='erms-bench-') as work:
        bench = Bench(options, Path(work))
        bench.prepare()
        print(f'{options.mails} mails, {bench.size:.1f} MB, TLS, {options.runs} runs; medians')
        print(f'{"":22}{"seconds":>9}{"mails/s":>10}{"peak MB":>9}{"x mbsync":>10}')
        for delay in (0, 0.020):
            results = {'mbsync': [], 'erms run': []}
            for i in range(options.runs):
                for name, function in (('mbsync', bench.mbsync), ('erms run', bench.erms)):
                    results[name].append(function(f'{name[0]}{int(delay * 1000)}-{i}', delay))
            peer = statistics.median(s for s, _ in results['mbsync'])
            for name, pairs in results.items():
                seconds = statistics.median(s for s, _ in pairs)
                memory = statistics.median(m for _, m in pairs)
                label = f'{name}, {delay * 1000:.0f} ms'
                print(f'{label:22}{seconds:9.2f}{options.mails / seconds:10.0f}{memory:9.0f}{peer / seconds:10.2f}')


if __name__ == '__main__':
    main()
