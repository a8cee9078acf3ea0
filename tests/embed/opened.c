/* Loaded into every process of a build: notes which files and folders below TRACE_ROOT are opened for reading, one a
   line of TRACE_LOG: program, "file" or "folder", path. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int whole_path(int folder, const char *path, char *full, size_t size) {
    char link[64], above[4096];
    if (path[0] == '/') return snprintf(full, size, "%s", path) > 0;
    if (folder == AT_FDCWD) {
        if (!getcwd(above, sizeof above)) return 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, above, sizeof above - 1);
        if (length < 0) return 0;
        above[length] = 0;
    }
    return snprintf(full, size, "%s/%s", above, path) > 0;
}

static void note(const char *kind, int folder, const char *path) {
    const char *log = getenv("TRACE_LOG"), *root = getenv("TRACE_ROOT");
    char full[8192], line[9000];
    int saved = errno;
    if (log && root && path && whole_path(folder, path, full, sizeof full) && !strncmp(full, root, strlen(root))) {
        int (*plain)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
        int length = snprintf(line, sizeof line, "%s\t%s\t%s\n", program_invocation_short_name, kind, full);
        int out = plain(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (out >= 0) {
            if (write(out, line, length) != length) abort();
            close(out);
        }
    }
    errno = saved;
}

#define OPEN(name)                                                                           \
    int name(const char *path, int flags, ...) {                                             \
        va_list rest;                                                                        \
        va_start(rest, flags);                                                               \
        mode_t mode = va_arg(rest, mode_t);                                                  \
        va_end(rest);                                                                        \
        int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);                       \
        int got = next(path, flags, mode);                                                   \
        if (got >= 0 && (flags & O_ACCMODE) == O_RDONLY) note("file", AT_FDCWD, path);       \
        return got;                                                                          \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                         \
    int name(int folder, const char *path, int flags, ...) {                                 \
        va_list rest;                                                                        \
        va_start(rest, flags);                                                               \
        mode_t mode = va_arg(rest, mode_t);                                                  \
        va_end(rest);                                                                        \
        int (*next)(int, const char *, int, ...) = dlsym(RTLD_NEXT, #name);                  \
        int got = next(folder, path, flags, mode);                                           \
        if (got >= 0 && (flags & O_ACCMODE) == O_RDONLY) note("file", folder, path);         \
        return got;                                                                          \
    }
OPENAT(openat)
OPENAT(openat64)

DIR *opendir(const char *path) {
    DIR *(*next)(const char *) = dlsym(RTLD_NEXT, "opendir");
    DIR *got = next(path);
    if (got) note("folder", AT_FDCWD, path);
    return got;
}
