# SPDX-License-Identifier: Apache-2.0
"""A relay in front of a mail server, to see what a bad line does to a client.

    relay = Proxy(imap.port, b'Subject: third', 'cut')     # speak TLS none, or nothing is recognised
    ... the client connects to relay.port ...
    relay.stop()

What happens when MARKER passes by, from the server unless to_server, the first `times` times
(None: always); everything before MARKER is let through:
  cut       the connection is closed
  silence   nothing passes any more, in this direction, on this connection
  trickle   `chunk` bytes pass every `pause` seconds
  hold      nothing passes until release()
`on_hit` is called before the client can notice, `hits` counts, `connections` counts the clients.
"""
import contextlib, re, socket, threading


class Proxy:
    def __init__(self, port, marker, action, to_server=False, times=None, pause=1.0, chunk=1,
                 on_hit=None):
        self.target, self.marker, self.action = port, marker, action
        self.to_server, self.times, self.pause, self.chunk = to_server, times, pause, chunk
        self.on_hit = on_hit
        self.hits = self.connections = 0
        self._go_on, self._ended = threading.Event(), threading.Event()
        self._sockets = []
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def release(self):
        self._go_on.set()

    def stop(self):
        self._ended.set()
        self._go_on.set()
        for s in [self._listener, *self._sockets]:
            self._close(s)

    @staticmethod
    def _close(s):
        with contextlib.suppress(OSError):
            s.shutdown(socket.SHUT_RDWR)
        s.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(('127.0.0.1', self.target))
                self.connections += 1
                self._sockets += [client, server]
                for source, sink, bad in ((server, client, not self.to_server),
                                          (client, server, self.to_server)):
                    threading.Thread(target=self._pump, args=(source, sink, bad), daemon=True).start()

    def _pump(self, source, sink, bad):
        with contextlib.suppress(OSError):
            self._relay(source, sink, bad)
        self._close(source)
        self._close(sink)

    def _relay(self, source, sink, bad):
        waiting = b''  # could be the beginning of a marker
        while data := source.recv(65536):
            waiting += data
            while bad and self.marker in waiting and (self.times is None or self.hits < self.times):
                before, waiting = waiting.split(self.marker, 1)
                sink.sendall(before)
                self.hits += 1
                if self.action == 'cut':
                    self._close(source)  # so that on_hit finds the server alone
                if self.on_hit:
                    self.on_hit()
                if self.action == 'cut':
                    return
                if self.action == 'silence':
                    self._ended.wait()
                    return
                if self.action == 'hold':
                    self._go_on.wait()
                if self.action == 'trickle':
                    return self._trickle(source, sink, self.marker + waiting)
                sink.sendall(self.marker)
            keep = next((n for n in range(min(len(self.marker) - 1, len(waiting)), 0, -1)
                         if bad and waiting.endswith(self.marker[:n])), 0)
            sink.sendall(waiting[:len(waiting) - keep])
            waiting = waiting[len(waiting) - keep:]

    def _trickle(self, source, sink, waiting):
        while waiting or (waiting := source.recv(65536)):
            sink.sendall(waiting[:self.chunk])
            waiting = waiting[self.chunk:]
            if self._ended.wait(self.pause):
                return


class Refuser(Proxy):
    """A relay that answers commands itself: refuse(line) returns what follows the tag ("NO no such
    mail"), or None to let the line pass. For IMAP without TLS, whose client sends one line at a time."""

    def __init__(self, port, refuse):
        self.refuse = refuse
        super().__init__(port, b'', 'refuse')

    def _relay(self, source, sink, bad):
        if bad:  # from the server: as it is
            while data := source.recv(65536):
                sink.sendall(data)
            return
        waiting = b''
        while data := source.recv(65536):
            waiting += data
            while b'\r\n' in waiting:
                line, waiting = waiting.split(b'\r\n', 1)
                words = self.refuse(line.decode())
                if words:
                    source.sendall(line.split(b' ')[0] + b' ' + words.encode() + b'\r\n')
                else:
                    sink.sendall(line + b'\r\n')


class Saboteur(Proxy):
    """A relay that disturbs one command of IMAP or SMTP, without TLS. The client's lines are searched
    for `command` (a regular expression, bytes; b'' is the greeting); the first `times` hits (None: all)
      close     both connections are closed, the server never sees the command
      lose      the server gets it, and is cut off when it begins to answer
      silence   the server gets it, the answer never comes
      trickle   the answer comes at one byte every `pause` seconds
      or else   `action` is the answer, the server sees nothing; for IMAP it gets the tag
    """

    def __init__(self, port, command, action, imap=True, times=None, pause=0.05):
        self.command, self.imap, self._fates = re.compile(command, re.I), imap, {}
        super().__init__(port, command, action, times=times, pause=pause)

    def _hit(self):
        if self.times is not None and self.hits >= self.times:
            return False
        self.hits += 1
        return True

    def _relay(self, source, sink, bad):
        if bad:
            self._answers(source, sink)
        else:
            self._commands(source, sink)

    def _answers(self, server, client):
        if not self.command.pattern and self._hit():
            if self.action not in ('close', 'lose', 'silence', 'trickle'):
                client.sendall(self.action.encode() + b'\r\n')
                return
            self._fates[client] = self.action
        while data := server.recv(65536):
            fate = self._fates.get(client)
            if fate in ('close', 'lose'):
                return
            if fate == 'silence':
                self._ended.wait()
                return
            if fate == 'trickle':
                return self._trickle(server, client, data)
            client.sendall(data)

    def _commands(self, client, server):
        waiting = b''
        while data := client.recv(65536):
            waiting += data
            while b'\n' in waiting:
                line, waiting = waiting.split(b'\n', 1)
                found = self.command.pattern and self.command.search(line.rstrip(b'\r'))
                if found and self._hit():
                    if self.action == 'close':
                        return
                    if self.action not in ('lose', 'silence', 'trickle'):
                        tag = line.split(b' ')[0] + b' ' if self.imap else b''
                        client.sendall(tag + self.action.encode() + b'\r\n')
                        continue
                    self._fates[client] = self.action
                server.sendall(line + b'\n')
