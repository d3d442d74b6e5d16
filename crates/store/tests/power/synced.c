/* Remembers how much of a write-ahead log was synced, so that a test can cut away what was not.
 *
 * Preloaded into the process that is killed. After every sync of a file named *-wal its length is written to
 * a file beside it; that file needs no sync, because only the process dies, not the machine. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void remember(int fd) {
  char link[64], path[4096], side[4200];
  struct stat st;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 4) return;
  path[n] = 0;
  if (strcmp(path + n - 4, "-wal") != 0 || fstat(fd, &st) != 0) return;
  snprintf(side, sizeof side, "%s.synced", path);
  int out = open(side, O_WRONLY | O_CREAT, 0600);
  if (out < 0) return;
  uint64_t length = (uint64_t)st.st_size;
  if (pwrite(out, &length, sizeof length, 0) != sizeof length) _exit(99);
  close(out);
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  if (result == 0) remember(fd);
  return result;
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  if (result == 0) remember(fd);
  return result;
}
