#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms import, label, train, classify, eval: what is learned, and from what."""
import sqlite3, sys, unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

ONE = mail('kim@customer.example', 'One', 'I forgot my password.')
TWO = mail('lee@customer.example', 'Two', 'I cannot log in.')
ASKS = mail('kim@customer.example', 'Password', 'I forgot my password, cannot log in.')


class Offline(ErmsTest):
    """A home whose servers nobody asks for anything."""
    trained = True

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(dir=self.root))
        self.imap = self.smtp = SimpleNamespace(tls_port=9)
        self.home = self.dir / 'home'
        self.make_home(self.trained)
        self.count = 0

    def archive(self, files):
        """A new folder with these files: {path: bytes}."""
        self.count += 1
        root = self.dir / f'archive{self.count}'
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        return str(root)

    def query(self, sql):
        with sqlite3.connect(self.home / 'erms.db') as db:
            return db.execute(sql).fetchall()


class Import(Offline):
    trained = False

    def test_folder(self):
        where = self.archive({'password/1.eml': ONE, 'hours/2.eml': TWO, 'hours/.hidden': b'no mail'})
        self.assertIn('2 messages learned, 0 relabelled, 0 known already, 0 left out', self.erms('import', where))
        self.assertEqual(self.query('SELECT subject, category FROM message, label '
                                    'WHERE label.message_id = message.id ORDER BY subject'),
                         [('One', 'password'), ('Two', 'hours')])
        self.assertEqual(self.tickets(), [])

    def test_again(self):
        where = self.archive({'password/1.eml': ONE, 'hours/2.eml': TWO})
        self.erms('import', where)
        self.assertIn('0 messages learned, 0 relabelled, 2 known already', self.erms('import', where))
        # The same mail, found elsewhere, with another path behind it.
        moved = self.archive({'password/x': b'Received: from a by b\r\nX-Seen: 1\r\n' + ONE})
        self.assertIn('0 messages learned, 0 relabelled, 1 known already', self.erms('import', moved))
        # In another folder: the newer word counts.
        other = self.archive({'hours/1.eml': ONE})
        self.assertIn('0 messages learned, 1 relabelled, 0 known already', self.erms('import', other))
        self.assertEqual(self.query('SELECT count(*) FROM message'), [(2,)])

    def test_maildir(self):
        where = self.archive({'password/cur/1.host:2,S': ONE, 'password/new/2.host': TWO,
                              'password/tmp/3.host': mail('x@y.example', 'Unfinished', 'half'),
                              'password/dovecot-uidlist/x': b'rubbish'})
        self.assertIn('2 messages learned, 0 relabelled, 0 known already, 0 left out', self.erms('import', where))

    def test_mbox(self):
        quoted = mail('kim@customer.example', 'Quoted', 'Hello,\n>From the shop I heard nothing.\n>>From >From\nFrom')
        packed = quoted.replace(b'\r\n', b'\n').replace(b'\n>', b'\n>>')
        box = b'From kim Mon Jan  5 2026\n' + packed + b'\nFrom lee Mon Jan  5 2026\n' + TWO.replace(b'\r\n', b'\n')
        self.assertIn('2 messages learned', self.erms('import', self.archive({'password/box': box})))
        # Unpacked it is byte for byte what was sent.
        self.assertIn('0 messages learned, 0 relabelled, 1 known', self.erms(
            'import', self.archive({'password/1.eml': quoted})))
        text, = self.query("SELECT text FROM message WHERE subject = 'Quoted'")
        self.assertIn('\n>From the shop', text[0])

    def test_bad_category(self):
        for name in ('Returns', 'Rück', 'a b', 'x' * 61):
            self.erms('import', self.archive({f'{name}/1.eml': ONE}), expect=BAD_DATA)
            self.assertIn(f'{name}/1.eml', self.last.stderr)
            self.assertIn('lower-case letters', self.last.stderr)
        self.assertEqual(self.query('SELECT count(*) FROM label'), [(0,)])

    def test_no_mail(self):
        where = self.archive({'password/1.eml': ONE, 'password/photo.jpg': bytes(range(256)) * 40,
                              'password/empty': b''})
        out = self.erms('import', where, expect=BAD_DATA)
        self.assertIn('1 messages learned', out)
        self.assertIn('2 left out', out)
        self.assertIn('password/photo.jpg: is no mail', self.last.stderr)

    def test_no_archive(self):
        for where in (str(self.dir / 'nowhere'), self.archive({'1.eml': ONE}), self.archive({'a/1.eml': ONE}) + '/a'):
            self.erms('import', where, expect=BAD_DATA)
            self.assertIn(where, self.last.stderr)
        self.erms('import', expect=USAGE)


class Train(Offline):
    trained = False

    def test_too_little(self):
        """Says what is missing, and leaves the model that is there."""
        self.learn()
        before = (self.home / 'model/current.model').read_bytes()
        self.home = self.dir / 'other'
        self.make_home(trained=False)
        shutil.rmtree(self.home / 'kb')
        (self.home / 'kb').mkdir()
        model = self.home / 'model/current.model'
        model.write_bytes(before)
        for files, text in (({}, '0 labelled mails in 0 categories'),
                            ({'password/1.eml': ONE}, 'at least two categories are needed'),
                            ({'hours/2.eml': TWO}, 'at least one needs two')):
            if files:
                self.erms('import', self.archive(files))
            self.erms('train', expect=BAD_DATA)
            self.assertIn(text, self.last.stderr)
            self.assertEqual(model.read_bytes(), before)
        self.erms('import', self.archive({'hours/3.eml': mail('x@y.example', 'Three', 'open on saturday')}))
        self.erms('train')
        self.assertNotEqual(model.read_bytes(), before)

    def test_report(self):
        self.erms('import', self.archive({f'{name}/{i}.eml': mail(f'{i}@{name}.example', text, f'{text} {i}')
                                          for name, texts in (('password', PASSWORD), ('robots', HOURS))
                                          for i, text in enumerate(texts * 8)}))
        out = self.erms('train')
        self.assertRegex(out, r'^model [0-9a-f]+: 80 messages, 3 categories, ')  # hours: by its answer only
        self.assertRegex(out, r'on held-out mail: [0-9.]+ % right')
        self.assertIn('robots: there is labelled mail, but no folder kb/robots', out)
        self.assertEqual(self.query('SELECT messages, categories FROM training'), [(80, 3)])
        self.assertEqual((self.home / 'model/current.model').stat().st_mode & 0o777, 0o600)

    def test_same_data_same_model(self):
        where = self.archive({f'{name}/{i}.eml': mail(f'{i}@{name}.example', text, text)
                              for name, texts in (('password', PASSWORD), ('hours', HOURS))
                              for i, text in enumerate(texts * 4)})
        models = []
        self.erms('import', where)
        for _ in range(2):
            self.erms('train')
            models.append((self.home / 'model/current.model').read_bytes())
        self.assertEqual(*models)


class Label(ErmsTest):
    def test_label_changes_the_verdict(self):
        self.answer('returns/how.en.md', 'title: Returns\nstate: approved\napprover: Erika Beispiel\n---\nSend it.\n')
        zebras = [mail(f'{i}@customer.example', 'Zebra', f'Striped zebras gallop homeward {"qrstuv"[i] * 4}.') for i in range(6)]
        self.deliver(*zebras)
        self.configure(extra='[category returns]\nqueue = returns')
        self.erms('run')
        self.assertEqual(list(self.folders()), ['Queues/general'])
        self.erms('label', '1', 'returnz', expect=USAGE)
        self.assertIn('no folder kb/returnz', self.last.stderr)
        self.erms('label', '99', 'returns', expect=FAILED)
        self.assertIn('no ticket 99', self.last.stderr)
        for i in range(6):
            self.assertIn(f'ticket {i + 1} is returns', self.erms('label', str(i + 1), 'returns'))
        self.assertEqual((self.ticket()['queue'], self.ticket()['category']), ('returns', 'returns'))
        self.assertEqual(self.ticket()['history'][-1]['what'], 'labelled')
        self.erms('run')
        self.assertEqual({name: len(mails) for name, mails in self.folders().items()}, {'Queues/returns': 6})

        another = mail('new@customer.example', 'Zebra', 'Zebras gallop homeward.').decode()
        before, = self.json('classify', '-', input=another)
        self.assertNotEqual(before['category'], 'returns')
        self.erms('train')
        after, = self.json('classify', '-', input=another)
        self.assertEqual(after['category'], 'returns')


class Classify(Offline):
    def snapshot(self):
        return {path: path.read_bytes() for path in self.home.rglob('*')
                if path.is_file() and path.name != 'erms.db-shm'}

    def test_json(self):
        self.json('classify', '-', input=ASKS.decode())
        before = self.snapshot()
        result, = self.json('classify', '-', input=ASKS.decode())
        self.assertEqual(self.snapshot(), before)
        self.assertEqual(set(result), {'file', 'category', 'probability', 'threshold', 'action', 'reason', 'why',
                                       'answer', 'language', 'candidates', 'authentication'})
        self.assertEqual((result['category'], result['action'], result['reason'], result['answer'], result['language']),
                         ('password', 'send', 'none', 'password/reset.en', 'en'))
        self.assertGreaterEqual(result['probability'], result['threshold'])
        self.assertEqual(result['candidates'][0]['category'], 'password')
        self.assertEqual(self.tickets(), [])

    def test_explain(self):
        explained, = self.json('classify', '--explain', '-', input=ASKS.decode())
        words = {word['word'].lower() for word in explained['words']}
        self.assertTrue(words & {'password', 'log', 'forgot'}, words)
        plain = self.erms('classify', '--explain', '-', input=ASKS.decode())
        self.assertIn('-: password', plain.splitlines()[0])
        self.assertRegex(plain, r'(?m)^  for: .*Password \+[0-9.]+')
        self.assertRegex(plain, r'(?m)^  like: +0\.[0-9]+ password, imported: ')
        self.assertEqual([near['category'] for near in explained['near']], ['password'] * 3)
        self.assertGreater(explained['near'][0]['similarity'], explained['near'][2]['similarity'] - 1e-9)
        self.assertTrue(all(near['message'] and near['subject'] for near in explained['near']))

    def test_files(self):
        strange = mail('x@y.example', 'Strange', 'Zebras eat umbrellas.')
        where = self.archive({'a.eml': ASKS, 'b.eml': strange, 'c.eml': mail('m@y.example', 'x', 'y', Auto_Submitted='auto-replied')})
        results = self.json('classify', *(f'{where}/{name}.eml' for name in 'abc'))
        self.assertEqual([r['action'] for r in results], ['send', 'suggest', 'ignore'])
        self.assertEqual(results[0]['file'], f'{where}/a.eml')
        self.assertIsNone(results[2]['category'])
        self.erms('classify', f'{where}/nowhere.eml', expect=BAD_DATA)
        self.assertIn('nowhere.eml', self.last.stderr)
        self.erms('classify', expect=USAGE)

    def test_without_model(self):
        (self.home / 'model/current.model').unlink()
        result, = self.json('classify', '-', input=ASKS.decode())
        self.assertEqual((result['reason'], result['category']), ('no-model', None))


if __name__ == '__main__':
    unittest.main()
