#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a program as a unit's sandbox would, on a machine where systemd need not be in charge.

    confine.py UNIT WRITABLE READABLE COMMAND...    READABLE: folders in /tmp to see, ":" between

The file system and the users by bubblewrap: everything read-only but WRITABLE, a /tmp of its own,
few devices, no process but its own, of /proc nothing but processes, no network where the unit says
so, one user. The system calls by libseccomp, from the very lines of UNIT, with the groups of
"systemd-analyze syscall-filter". What a line means is in systemd.exec(5); a line that is not known
here is an error, so that none is forgotten. Wants bubblewrap, python3-seccomp, systemd.
"""
import errno, os, re, resource, socket, subprocess, sys
from pathlib import Path

# Done by bubblewrap or meaningless without systemd; True: .
ELSEWHERE = set('''Type User Environment ExecStart SuccessExitStatus KillMode TimeoutStartSec
    TimeoutStopSec MemoryMax OOMPolicy TasksMax StateDirectory StateDirectoryMode ProtectSystem ProtectHome
    PrivateTmp PrivateDevices DevicePolicy PrivateMounts PrivateUsers PrivateNetwork ProtectProc
    ProcSubset ProtectClock ProtectControlGroups ProtectHostname ProtectKernelLogs
    ProtectKernelModules ProtectKernelTunables RemoveIPC KeyringMode CapabilityBoundingSet
    AmbientCapabilities IPAddressDeny NoNewPrivileges SystemCallArchitectures
    SystemCallErrorNumber'''.split())
NAMESPACES = 0x7e020080  # CLONE_NEW*
WRITE, EXECUTE = 2, 4


def service(unit):
    """[(name, value)] of [Service]."""
    text = Path(unit).read_text().split('[Service]')[1].split('\n[')[0]
    return re.findall(r'^([A-Z]\w+)=(.*)$', text, re.M)


def calls(group):
    """The system calls of a group like @system-service."""
    listed = subprocess.run(['systemd-analyze', 'syscall-filter', group], capture_output=True,
                            text=True, check=True).stdout
    names = [line.strip() for line in listed.splitlines()[1:] if line.strip()]
    found = set()
    for name in (n for n in names if n[0] != '#'):
        found |= calls(name) if name[0] == '@' else {name}
    return found


class Filter:
    """What the lines of a unit forbid."""

    def __init__(self, unit):
        self.allowed, self.families, self.wx, self.umask = set(), None, True, None
        self.flags = set()
        for name, value in service(unit):
            if name == 'SystemCallFilter':
                named = set().union(*(calls(w) if w[0] == '@' else {w} for w in value.lstrip('~').split()))
                self.allowed = self.allowed - named if value[0] == '~' else self.allowed | named
            elif name == 'RestrictAddressFamilies':
                self.families = {getattr(socket, word) for word in value.split()}
            elif name == 'MemoryDenyWriteExecute':
                self.wx = value != 'yes'
            elif name == 'UMask':
                self.umask = int(value, 8)
            elif name == 'LimitCORE':
                resource.setrlimit(resource.RLIMIT_CORE, (int(value), int(value)))
            elif name in ('RestrictNamespaces', 'RestrictRealtime', 'RestrictSUIDSGID', 'LockPersonality'):
                assert value == 'yes'
                self.flags.add(name)
            elif name not in ELSEWHERE:
                sys.exit(f'confine.py: {unit}: {name} is not known here')

    def enter(self):
        import seccomp as s
        rules = s.SyscallFilter(s.ERRNO(errno.EPERM))
        limited = set()

        def limit(name, *args):
            if name in self.allowed:
                limited.add(name)
                rules.add_rule(s.ALLOW, name, *args)
        if not self.wx:
            limit('mprotect', s.Arg(2, s.MASKED_EQ, EXECUTE, 0))
            limit('pkey_mprotect', s.Arg(2, s.MASKED_EQ, EXECUTE, 0))
            for prot in range(8):
                if prot & (WRITE | EXECUTE) != WRITE | EXECUTE:
                    limit('mmap', s.Arg(2, s.MASKED_EQ, 7, prot))
        if 'RestrictNamespaces' in self.flags:
            limit('clone', s.Arg(0, s.MASKED_EQ, NAMESPACES, 0))
            limit('unshare', s.Arg(0, s.MASKED_EQ, NAMESPACES, 0))
        if 'RestrictSUIDSGID' in self.flags:
            for name, at in ('chmod', 1), ('fchmod', 1), ('fchmodat', 2), ('mkdir', 1), ('mkdirat', 2):
                limit(name, s.Arg(at, s.MASKED_EQ, 0o6000, 0))
        if 'LockPersonality' in self.flags:
            limit('personality', s.Arg(0, s.EQ, 0))
        if self.families is not None:
            for family in self.families:
                limit('socket', s.Arg(0, s.EQ, family))
        for name in self.allowed - limited - {'clone3', 'setns', 'sched_setscheduler'}:
            try:
                rules.add_rule(s.ALLOW, name)
            except (RuntimeError, ValueError, OSError):
                pass  # of another architecture, or newer than the library
        rules.add_rule(s.ERRNO(errno.ENOSYS), 'clone3')  # its flags cannot be seen; systemd does the same
        if self.umask is not None:
            os.umask(self.umask)
        rules.load()  # sets no_new_privs


def around(unit, writable, readable, inner):
    """The command line of bubblewrap."""
    lines = dict(service(unit))
    line = ['bwrap', '--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--uid', '1000',
            '--gid', '1000', '--cap-drop', 'ALL', '--die-with-parent', '--ro-bind', '/', '/',
            '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp']
    for path in (*readable, str(Path(__file__).resolve().parents[2])):  # may be in /tmp as well
        line += ['--ro-bind', path, path]
    line += ['--bind', writable, writable, '--chdir', '/']
    if lines.get('PrivateNetwork') == 'yes':
        line.append('--unshare-net')
    if lines.get('ProcSubset') == 'pid':
        for path in Path('/proc').iterdir():
            if not path.name.isdigit() and not path.is_symlink():
                line += ['--tmpfs', str(path)] if path.is_dir() else ['--ro-bind', '/dev/null', str(path)]
    return line + ['--', sys.executable, '-B', __file__, '--inside', unit, *inner]


def main(first, *rest):
    if first == '--inside':
        unit, *command = rest
        Filter(unit).enter()
        os.execvp(command[0], command)
    writable, readable, *command = rest
    line = around(first, writable, [p for p in readable.split(':') if p], command)
    os.execvp(line[0], line)


if __name__ == '__main__':
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
