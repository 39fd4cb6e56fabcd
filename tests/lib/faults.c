/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults: a library for LD_PRELOAD (tests only) that numbers every libc call by which the program
 * talks to the disk or to a mail server, and makes trouble at chosen ones. Such a call is a
 * *point*: its number counts from 1 and its name says call, target and phase, "pwrite64 erms.db-wal
 * RCPT": the phase is the last command that was sent to a server ("-": none yet).
 *
 * FAULTS in the environment, comma between:
 *   trace=FILE    each point as a line "NUMBER NAME"
 *   kill=N        SIGKILL right before point N; killafter=N: right after it, when the effect is
 * done and the program does not know yet enospc=N[+K]  what needs room on the disk fails, from
 * point N on, at K points (none: for ever) eio=N[+K]     fsync and fdatasync fail erofs=N[+K]
 * nothing below the folder FAULTS_HOME can be opened for writing, made or removed clock=S[@N]   the
 * clock shows S seconds more, from point N on FAULTS_LOG: a file that gets "NUMBER NAME" of the
 * point that was hit by a kill. FAULTS_PORTS: "1143=imap,1025=smtp", names for sockets by the port
 * of the peer.
 *
 * Reading from a server is a point only when bytes came: before that nothing is different from
 * after the last point. Only the process that was started counts: not its children, which do not
 * inherit the environment. Pipes, terminals and everything else that is no regular file are not
 * counted.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))find(&real_##name, #name))
#define DECLARE(name) static void *real_##name

typedef struct Range {
    long from, count; /* from 0: never; count 0: for ever */
} Range;

static struct {
    pid_t owner;
    int trace, log;
    long clock_from;
    long long clock;
    Range kill, kill_after, enospc, eio, erofs;
    char home[512], ports[128], phase[24];
} plan;
static atomic_long counter;

static void *find(void **found, const char *name)
{
    if (!*found && !(*found = dlsym(RTLD_NEXT, name)))
        abort();
    return *found;
}

static void put(int fd, long number, const char *name)
{
    char line[200];
    int length = snprintf(line, sizeof line, "%ld %s\n", number, name);
    if (fd > 0)
        syscall(SYS_write, fd, line, (size_t)length);
}

static int open_log(const char *path)
{
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return fd < 0 ? 0 : (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 900);
}

static Range range_of(const char *text)
{
    const char *plus = strchr(text, '+');
    return (Range){atol(text), plus ? atol(plus + 1) : 0};
}

static Range *range_called(const char *name)
{
    static const struct {
        const char *name;
        Range *range;
    } ranges[] = {{"kill", &plan.kill},
                  {"killafter", &plan.kill_after},
                  {"enospc", &plan.enospc},
                  {"eio", &plan.eio},
                  {"erofs", &plan.erofs}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (!strcmp(name, ranges[i].name))
            return ranges[i].range;
    return NULL;
}

static void read_plan(char *text)
{
    char *rest = NULL;
    for (char *part = strtok_r(text, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
        char *value = strchr(part, '=');
        if (!value)
            abort();
        *value++ = '\0';
        Range *range = range_called(part);
        if (range)
            *range = range_of(value);
        else if (!strcmp(part, "trace"))
            plan.trace = open_log(value);
        else if (!strcmp(part, "clock")) {
            const char *at = strchr(value, '@');
            plan.clock = atoll(value);
            plan.clock_from = at ? atol(at + 1) : 0;
        } else
            abort();
    }
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("FAULTS"), *log = getenv("FAULTS_LOG");
    const char *home = getenv("FAULTS_HOME"), *ports = getenv("FAULTS_PORTS");
    strcpy(plan.phase, "-");
    if (!text)
        return;
    char *own = strdup(text);
    snprintf(plan.home, sizeof plan.home, "%s", home ? home : "");
    snprintf(plan.ports, sizeof plan.ports, "%s", ports ? ports : "");
    plan.log = log ? open_log(log) : 0;
    read_plan(own);
    free(own);
    plan.owner = getpid();
    unsetenv("FAULTS");
    unsetenv("LD_PRELOAD");
}

static int ours(void)
{
    return plan.owner && plan.owner == getpid();
}

static void die(long number, const char *name)
{
    put(plan.log, number, name);
    syscall(SYS_kill, plan.owner, SIGKILL);
    for (;;)
        pause();
}

static int within(Range range, long number)
{
    return range.from && number >= range.from &&
           (!range.count || number < range.from + range.count);
}

/* Counts the point; 0: it is none. */
static long point(const char *call, const char *target, char name[100])
{
    if (!target || !ours())
        return 0;
    int saved = errno;
    snprintf(name, 100, "%s %s %s", call, target, plan.phase);
    long number = atomic_fetch_add(&counter, 1) + 1;
    put(plan.trace, number, name);
    if (number == plan.kill.from)
        die(number, name);
    errno = saved;
    return number;
}

static void after(long number, const char *name)
{
    if (number && number == plan.kill_after.from)
        die(number, name);
}

/* What a path or a descriptor is called; NULL: nothing that counts. */
static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *file_of(int fd, char path[512])
{
    char link[64];
    struct stat info;
    int saved = errno;
    if (!ours() || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        errno = saved;
        return NULL;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 511);
    path[length > 0 ? length : 0] = '\0';
    errno = saved;
    return base_of(path);
}

static const char *port_name(const struct sockaddr *address, char name[16])
{
    unsigned port = 0;
    if (address->sa_family == AF_INET)
        port = ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
    else if (address->sa_family == AF_INET6)
        port = ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
    char key[16];
    snprintf(key, sizeof key, "%u=", port);
    const char *at = port ? strstr(plan.ports, key) : NULL;
    if (!at)
        return NULL;
    at += strlen(key);
    snprintf(name, 16, "%.*s", (int)strcspn(at, ","), at);
    return name;
}

static const char *socket_of(int fd, char name[16])
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int saved = errno;
    const char *found = NULL;
    if (ours() && getpeername(fd, (struct sockaddr *)&address, &length) == 0)
        found = port_name((const struct sockaddr *)&address, name);
    errno = saved;
    return found;
}

/* The command that BYTES begin becomes the phase: SMTP's first word, IMAP's second and, of UID
 * commands, third. What is no command (content, TLS) leaves the phase, with a "+". */
static void set_phase(const char *server, const char *bytes, size_t length)
{
    char head[64], one[16] = "", two[16] = "", three[16] = "";
    snprintf(head, sizeof head, "%.*s", (int)(length < 60 ? length : 60), bytes);
    int words = sscanf(head, "%15s %15s %15s", one, two, three);
    const char *word = strcmp(server, "imap") == 0 ? two : one;
    size_t letters = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (words < 1 || letters < 4 - (word == two) || word[letters]) {
        if (plan.phase[strlen(plan.phase) - 1] != '+')
            strcat(plan.phase, "+");
    } else if (word == two && strcmp(two, "UID") == 0) {
        snprintf(plan.phase, sizeof plan.phase - 1, "UID-%s", three);
    } else {
        snprintf(plan.phase, sizeof plan.phase - 1, "%s", word);
    }
}

static ssize_t send_point(const char *call, int fd, const char *server, const void *bytes,
                          size_t length, int flags)
{
    char name[100];
    set_phase(server, bytes, length);
    long n = point(call, server, name);
    ssize_t done = syscall(SYS_sendto, fd, bytes, length, flags, NULL, 0);
    if (done > 0)
        after(n, name);
    return done;
}

/* Writing to files. */

/* clang-format off */
#define FILE_POINT(result, call, fails, code, args)                                                \
    char path[512], name[100];                                                                     \
    long n = point(#call, file_of(fd, path), name);                                                \
    if (n && within(plan.fails, n)) {                                                              \
        errno = code;                                                                              \
        return -1;                                                                                 \
    }                                                                                              \
    result done = REAL(call) args;                                                                 \
    after(n, name);                                                                                \
    return done;
#define FILE_CALL(result, call, fails, code, parameters, args)                                     \
    result call parameters                                                                         \
    {                                                                                              \
        FILE_POINT(result, call, fails, code, args)                                                \
    }

DECLARE(write); DECLARE(pwrite); DECLARE(pwrite64); DECLARE(writev); DECLARE(ftruncate);
DECLARE(ftruncate64); DECLARE(fallocate); DECLARE(fallocate64); DECLARE(fsync); DECLARE(fdatasync);
DECLARE(openat); DECLARE(rename); DECLARE(unlink); DECLARE(link); DECLARE(mkdir);
DECLARE(connect); DECLARE(sendto); DECLARE(sendmsg); DECLARE(recvfrom); DECLARE(recvmsg);
DECLARE(read); DECLARE(shutdown); DECLARE(close);

FILE_CALL(ssize_t, pwrite, enospc, ENOSPC, (int fd, const void *bytes, size_t length, off_t at),
          (fd, bytes, length, at))
FILE_CALL(ssize_t, pwrite64, enospc, ENOSPC, (int fd, const void *bytes, size_t length, off64_t at),
          (fd, bytes, length, at))
FILE_CALL(ssize_t, writev, enospc, ENOSPC, (int fd, const struct iovec *parts, int count),
          (fd, parts, count))
FILE_CALL(int, ftruncate, enospc, ENOSPC, (int fd, off_t length), (fd, length))
FILE_CALL(int, ftruncate64, enospc, ENOSPC, (int fd, off64_t length), (fd, length))
FILE_CALL(int, fallocate, enospc, ENOSPC, (int fd, int mode, off_t from, off_t length),
          (fd, mode, from, length))
FILE_CALL(int, fallocate64, enospc, ENOSPC, (int fd, int mode, off64_t from, off64_t length),
          (fd, mode, from, length))
FILE_CALL(int, fsync, eio, EIO, (int fd), (fd))
FILE_CALL(int, fdatasync, eio, EIO, (int fd), (fd))
/* clang-format on */

ssize_t write(int fd, const void *bytes, size_t length)
{
    char server[16];
    if (socket_of(fd, server))
        return send_point("write", fd, server, bytes, length, 0);
    FILE_POINT(ssize_t, write, enospc, ENOSPC, (fd, bytes, length))
}

/* Files by name. */

static int below_home(const char *path)
{
    return plan.home[0] && !strncmp(path, plan.home, strlen(plan.home));
}

static int no_room(const char *path, int flags)
{
    struct stat info;
    return (flags & O_CREAT) && stat(path, &info) != 0;
}

static int open_point(const char *call, int (*real)(int, const char *, int, ...), int dir,
                      const char *path, int flags, mode_t mode)
{
    char name[100];
    int writing = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
    long n = flags & O_CREAT ? point(call, base_of(path), name) : 0;
    long number = n ? n : atomic_load(&counter) + 1;
    int error = 0;
    if (ours() && writing && within(plan.erofs, number) && below_home(path))
        error = EROFS;
    else if (n && within(plan.enospc, n) && no_room(path, flags))
        error = ENOSPC;
    if (error) {
        errno = error;
        return -1;
    }
    int done = real(dir, path, flags, mode);
    after(n, name);
    return done;
}

#define OPEN_MODE                                                                                  \
    mode_t mode = 0;                                                                               \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                           \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode = va_arg(list, mode_t);                                                               \
        va_end(list);                                                                              \
    }

/* clang-format off */
#define OPEN_CALL(call, parameters, dir, more)                                                     \
    int call parameters                                                                            \
    {                                                                                              \
        OPEN_MODE                                                                                  \
        return open_point("open", REAL(openat), dir, path, flags | (more), mode);                  \
    }

OPEN_CALL(open, (const char *path, int flags, ...), AT_FDCWD, 0)
OPEN_CALL(open64, (const char *path, int flags, ...), AT_FDCWD, O_LARGEFILE)
OPEN_CALL(openat, (int dir, const char *path, int flags, ...), dir, 0)
OPEN_CALL(openat64, (int dir, const char *path, int flags, ...), dir, O_LARGEFILE)

#define PATH_CALL(call, path, parameters, args)                                                    \
    int call parameters                                                                            \
    {                                                                                              \
        char name[100];                                                                            \
        long n = point(#call, base_of(path), name);                                                \
        if (n && within(plan.erofs, n) && below_home(path)) {                                      \
            errno = EROFS;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
        int done = REAL(call) args;                                                                \
        after(n, name);                                                                            \
        return done;                                                                               \
    }

PATH_CALL(rename, to, (const char *from, const char *to), (from, to))
PATH_CALL(link, to, (const char *from, const char *to), (from, to))
PATH_CALL(unlink, path, (const char *path), (path))
PATH_CALL(mkdir, path, (const char *path, mode_t mode), (path, mode))
/* clang-format on */

/* Servers. */

/* clang-format off */
#define SOCKET_CALL(call, server_name, parameters, args)                                           \
    int call parameters                                                                            \
    {                                                                                              \
        char server[16], name[100];                                                                \
        long n = point(#call, server_name, name);                                                  \
        int done = REAL(call) args;                                                                \
        after(n, name);                                                                            \
        return done;                                                                               \
    }

SOCKET_CALL(connect, port_name(address, server),
            (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length))
SOCKET_CALL(shutdown, socket_of(fd, server), (int fd, int how), (fd, how))
SOCKET_CALL(close, socket_of(fd, server), (int fd), (fd))
/* clang-format on */

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to,
               socklen_t size)
{
    char server[16];
    if (!to && socket_of(fd, server))
        return send_point("send", fd, server, bytes, length, flags);
    return REAL(sendto)(fd, bytes, length, flags, to, size);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    return sendto(fd, bytes, length, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    char server[16], name[100];
    if (!socket_of(fd, server))
        return REAL(sendmsg)(fd, message, flags);
    if (message->msg_iovlen > 0)
        set_phase(server, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len);
    long n = point("send", server, name);
    ssize_t done = REAL(sendmsg)(fd, message, flags);
    if (done > 0)
        after(n, name);
    return done;
}

static ssize_t received(int fd, ssize_t got)
{
    char server[16], name[100];
    if (got > 0 && socket_of(fd, server)) {
        long n = point("recv", server, name);
        after(n, name);
    }
    return got;
}

ssize_t recvfrom(int fd, void *bytes, size_t length, int flags, struct sockaddr *from,
                 socklen_t *size)
{
    return received(fd, REAL(recvfrom)(fd, bytes, length, flags, from, size));
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    return recvfrom(fd, bytes, length, flags, NULL, NULL);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    return received(fd, REAL(recvmsg)(fd, message, flags));
}

ssize_t read(int fd, void *bytes, size_t length)
{
    return received(fd, REAL(read)(fd, bytes, length));
}

/* The clock. */

static long long shift(void)
{
    return plan.owner && atomic_load(&counter) + 1 >= plan.clock_from ? plan.clock : 0;
}

int clock_gettime(clockid_t which, struct timespec *now)
{
    int done = (int)syscall(SYS_clock_gettime, which, now);
    if (done == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        now->tv_sec += (time_t)shift();
    return done;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec at;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &at);
    *now = (struct timeval){at.tv_sec, at.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *now)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (now)
        *now = at.tv_sec;
    return at.tv_sec;
}
