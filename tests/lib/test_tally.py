#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tally.py on invented logs: nothing that failed or did not run may go uncounted."""
import unittest

from tally import tally


def program(name='a', result='OK', out='', talk=''):
    return {'name': f'erms:unit / {name}', 'result': result, 'stdout': out, 'stderr': talk}


class Tally(unittest.TestCase):
    def check(self, last, programs, *words, expected=('a',), status=0):
        lines = tally(programs, expected, status)
        self.assertEqual(lines[-1], last, lines)
        for word in words:
            self.assertIn(word, '\n'.join(lines))

    def test_tap(self):
        out = '1..3\n# Start of x\nok 1 /x/a\nok 2 - /x/b\nok 3 /x/c # SKIP no server\n'
        self.check('2 0', [program(out=out)], 'skipped erms:unit / a: /x/c')
        self.check('1 1', [program(out='ok 1 /x/a\nnot ok 2 /x/b\n', result='FAIL')],
                   'FAILED  erms:unit / a: /x/b', status=1)

    def test_failed_outside_its_tests(self):
        crashed = program(out='1..2\nok 1 /x/a\n', result='ERROR')
        self.check('1 1', [crashed], 'a: ERROR', status=1)
        both = [crashed, program('b', out='not ok 1 /x/b\n', result='FAIL')]
        self.check('1 2', both, expected=('a', 'b'), status=2)
        self.check('0 1', [program(result='TIMEOUT')], status=1)

    def test_unittest(self):
        talk = ('test_a (__main__.T.test_a) ... ok\ntest_b (__main__.T.test_b)\nWords ... skipped \'why\'\n'
                'test_c (__main__.T.test_c) ... warning\nok\n---\nRan 3 tests in 8.370s\n\nOK (skipped=1)\n')
        self.check('2 0', [program(talk=talk)], 'skipped erms:unit / a: Words')
        talk = ('test_a (T) ... ok\ntest_b (T) ...\nFAIL: test_b (T) (i=1)\nERROR: test_b (T) (i=2)\n'
                'Ran 2 tests in 1s\n\nFAILED (failures=1, errors=1)\n')
        self.check('1 1', [program(talk=talk, result='FAIL')], 'a: test_b', status=1)
        talk = 'setUpClass (T) ... ERROR\nERROR: setUpClass (T)\nRan 0 tests in 1s\n\nFAILED (errors=1)\n'
        self.check('0 1', [program(talk=talk, result='FAIL')], 'a: setUpClass', status=1)

    def test_plain_programs(self):
        self.check('1 0', [program()])
        self.check('0 0', [program(result='SKIP')], 'skipped')

    def test_did_not_run(self):
        self.check('1 1', [program()], 'FAILED  b: did not run', expected=('a', 'b'))
        self.check('0 1', [], 'a: did not run', status=1)
        self.check('0 1', [], 'meson test itself', expected=())
        self.check('1 1', [program()], 'meson test itself', status=1)


if __name__ == '__main__':
    unittest.main()
