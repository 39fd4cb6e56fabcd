#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The main commands under valgrind: no invalid access, nothing definitely lost."""
import os, sys, subprocess, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

VALGRIND = ['valgrind', '-q', '--leak-check=full', '--show-leak-kinds=definite',
            '--errors-for-leak-kinds=definite', '--error-exitcode=99']


class Memory(ErmsTest):
    def test_a_day_of_work(self):
        self.deliver(question('kim@customer.example'), riddle('lee@customer.example'))
        for args in (['run'], ['label', '2', 'password'], ['ticket', 'show', '1'], ['ticket', 'list', '--all', '--json'],
                     ['kb', 'check'], ['check']):
            done = subprocess.run([*VALGRIND, ERMS, '-C', str(self.home), *args], text=True,
                                  capture_output=True, env={**os.environ, 'G_SLICE': 'always-malloc'})
            self.assertEqual(done.returncode, DONE, f'{args}\n{done.stdout}\n{done.stderr}')


if __name__ == '__main__':
    unittest.main()
