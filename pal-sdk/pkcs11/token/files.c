/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of tokens.  Others may write in these folders, and a process that opens
 * a token may be root's: so no symbolic link is followed.
 */
#include "files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "failure.h"
#include "token.h"

#define DEFAULT_ROOT "/var/lib/palisade/tokens"
#define OBJECTS	     "objects"
#define FOLDER	     (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
#define TEMPORARY    ".new" /* only who holds the lock writes: one name will do */

const char *files_root(void)
{
	const char *root = secure_getenv("PALISADE_TOKENS");

	return root && *root ? root : DEFAULT_ROOT;
}

bool files_is_name(const char *name)
{
	size_t size = strlen(name);

	return size && size < TOKEN_NAME_SIZE && name[0] != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == size;
}

static CK_RV failed(const char *what, const char *path)
{
	CK_RV rv = CKR_GENERAL_ERROR;

	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
		rv = CKR_DEVICE_MEMORY;
	else if (errno == ENOENT)
		rv = CKR_TOKEN_NOT_PRESENT;
	else if (errno == EROFS)
		rv = CKR_TOKEN_WRITE_PROTECTED;
	return failure(rv, "%s/.../%s: cannot %s: %s", files_root(), path, what,
		       strerror(errno));
}

CK_RV files_open(const char *name, int *folder)
{
	char path[4096];

	if (!files_is_name(name))
		return failure(CKR_TOKEN_NOT_PRESENT,
			       "%s is no name of a token: letters, digits, "
			       "- _ . are allowed",
			       name);
	snprintf(path, sizeof(path), "%s/%s", files_root(), name);
	*folder = open(path, FOLDER);
	return *folder < 0 ? failed("open", name) : CKR_OK;
}

/*
 * A file is for whom its folder is for, whatever the process' umask: a group
 * that may write there works with the token, a server's workers for example.
 */
static int share(int folder, int file)
{
	struct stat status;

	if (file >= 0 && !fstat(folder, &status))
		fchmod(file, status.st_mode & 0660);
	return file;
}

static CK_RV take_lock(int folder, int kind, int *lock)
{
	int file = share(folder, openat(folder, "lock",
					O_RDWR | O_CREAT | O_CLOEXEC |
						O_NOFOLLOW,
					0660));

	if (file < 0 && (errno == EACCES || errno == EROFS))
		file = openat(folder, "lock",
			      O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (file < 0)
		return failed("open", "lock");
	while (flock(file, kind)) {
		if (errno == EINTR)
			continue;
		failed("lock", "lock");
		close(file);
		return CKR_GENERAL_ERROR;
	}
	*lock = file;
	return CKR_OK;
}

CK_RV files_lock(int folder, int *lock)
{
	return take_lock(folder, LOCK_EX, lock);
}

CK_RV files_lock_shared(int folder, int *lock)
{
	return take_lock(folder, LOCK_SH, lock);
}

/*
 * A child that was forked meanwhile has the file open, too, so closing would
 * leave it locked.
 */
void files_unlock(int lock)
{
	flock(lock, LOCK_UN);
	close(lock);
}

/* Until the end or the buffer's; false with errno. */
static bool read_all(int file, uint8_t *to, size_t capacity, size_t *size)
{
	ssize_t got;

	for (*size = 0; *size < capacity; *size += (size_t)got) {
		got = read(file, to + *size, capacity - *size);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got < 0)
			return false;
		else if (!got)
			break;
	}
	return true;
}

static bool write_all(int file, const uint8_t *bytes, size_t size)
{
	ssize_t put;

	for (size_t done = 0; done < size; done += (size_t)put) {
		put = write(file, bytes + done, size - done);
		if (put < 0 && errno == EINTR)
			put = 0;
		else if (put < 0)
			return false;
	}
	return true;
}

/* The folder that the path's file is in, and its name there; or -1. */
static int open_around(int folder, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	char around[FILES_PATH_SIZE];

	*name = slash ? slash + 1 : path;
	if (!slash)
		return fcntl(folder, F_DUPFD_CLOEXEC, 0);
	snprintf(around, sizeof(around), "%.*s", (int)(slash - path), path);
	return openat(folder, around, FOLDER);
}

static int open_to_read(int folder, const char *path)
{
	const char *name;
	int around = open_around(folder, path, &name), file, error;

	if (around < 0)
		return -1;
	file = openat(around, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	error = errno;
	close(around);
	errno = error;
	return file;
}

CK_RV files_read(int folder, const char *path, void *to, size_t capacity,
		 size_t *size)
{
	int file = open_to_read(folder, path);
	CK_RV rv = CKR_OK;
	struct stat stat;

	*size = 0;
	if (file < 0)
		return errno == ENOENT ? CKR_OK : failed("open", path);
	if (fstat(file, &stat) || !read_all(file, to, capacity, size))
		rv = failed("read", path);
	else if (!S_ISREG(stat.st_mode) || (size_t)stat.st_size > capacity)
		rv = failure(CKR_TOKEN_NOT_RECOGNIZED,
			     "%s: not a file of a token, or a damaged one",
			     path);
	close(file);
	return rv;
}

/* It counts when the folder itself is on the disk. */
static bool put_in_place(int folder, const char *path)
{
	const char *name;
	int around = open_around(folder, path, &name), error;
	bool is_good = around >= 0 &&
		       !renameat(folder, TEMPORARY, around, name);

	error = errno;
	/* It is there; a disk that fails now will tell others, too. */
	if (is_good)
		fsync(around);
	if (around >= 0)
		close(around);
	errno = error;
	return is_good;
}

static bool write_new(int folder, const void *bytes, size_t size)
{
	int file = share(folder, openat(folder, TEMPORARY,
					O_WRONLY | O_CREAT | O_TRUNC |
						O_CLOEXEC | O_NOFOLLOW,
					0660));
	bool is_good;
	int error;

	if (file < 0)
		return false;
	is_good = write_all(file, bytes, size) && !fsync(file);
	error = errno;
	is_good &= !close(file);
	if (!is_good && error)
		errno = error;
	return is_good;
}

CK_RV files_write(int folder, const char *path, const void *bytes, size_t size)
{
	CK_RV rv;

	if (write_new(folder, bytes, size) && put_in_place(folder, path))
		return CKR_OK;
	rv = failed("write", path);
	unlinkat(folder, TEMPORARY, 0);
	return rv;
}

CK_RV files_append(int folder, const char *path, const char *line, size_t size)
{
	int file = share(folder, openat(folder, path,
					O_WRONLY | O_APPEND | O_CREAT |
						O_CLOEXEC | O_NOFOLLOW,
					0660));
	bool is_good;

	if (file < 0)
		return failed("open", path);
	is_good = write_all(file, (const uint8_t *)line, size);
	if (!is_good)
		failed("write", path);
	close(file);
	return is_good ? CKR_OK : CKR_DEVICE_MEMORY;
}

void files_delete(int folder, const char *path)
{
	const char *name;
	int around = open_around(folder, path, &name);

	if (around < 0)
		return;
	unlinkat(around, name, 0);
	close(around);
}

void files_object_path(const struct key_object_name *name,
		       char path[FILES_PATH_SIZE])
{
	snprintf(path, FILES_PATH_SIZE, OBJECTS "/%" PRIu64 ".%" PRIu64,
		 name->id, name->version);
}

static bool is_wanted(const char *file, const struct key_object_name *names,
		      size_t count)
{
	char path[FILES_PATH_SIZE];

	for (size_t i = 0; i < count; i++) {
		files_object_path(&names[i], path);
		if (!strcmp(path + strlen(OBJECTS) + 1, file))
			return true;
	}
	return false;
}

void files_sweep(int folder, const struct key_object_name *names, size_t count)
{
	int file = openat(folder, OBJECTS, FOLDER);
	DIR *list = file < 0 ? NULL : fdopendir(file);
	struct dirent *entry;

	unlinkat(folder, TEMPORARY, 0);
	if (!list) {
		if (file >= 0)
			close(file);
		return;
	}
	while ((entry = readdir(list)))
		if (entry->d_name[0] != '.' &&
		    !is_wanted(entry->d_name, names, count))
			unlinkat(file, entry->d_name, 0);
	closedir(list);
}

/* ---- Which tokens there are ---------------------------------------------- */

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* A file that is no folder, or another's: not ours. */
static bool is_token(int root, const char *name)
{
	struct stat stat;

	return files_is_name(name) &&
	       !fstatat(root, name, &stat, AT_SYMLINK_NOFOLLOW) &&
	       S_ISDIR(stat.st_mode);
}

CK_RV token_list(char (*names)[TOKEN_NAME_SIZE], size_t capacity, size_t *count)
{
	DIR *list = opendir(files_root());
	struct dirent *entry;
	size_t found = 0;

	if (!list && errno != ENOENT)
		return failure(CKR_GENERAL_ERROR, "%s: cannot list: %s",
			       files_root(), strerror(errno));
	while (list && (entry = readdir(list))) {
		if (!is_token(dirfd(list), entry->d_name))
			continue;
		if (found < capacity)
			snprintf(names[found], TOKEN_NAME_SIZE, "%.63s",
				 entry->d_name);
		found++;
	}
	if (list)
		closedir(list);
	*count = found;
	if (found && capacity)
		qsort(names, found < capacity ? found : capacity,
		      TOKEN_NAME_SIZE, compare);
	return CKR_OK;
}

/* For whom the folder around it is. */
static bool make_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat status;
	char around[4096];
	bool is_good;
	int folder;

	if (mkdir(path, 0770))
		return errno == EEXIST;
	folder = open(path, FOLDER);
	if (folder < 0)
		return false;
	snprintf(around, sizeof(around), "%.*s/",
		 slash ? (int)(slash - path) : 1, slash ? path : ".");
	is_good = stat(around, &status) ||
		  !fchmod(folder, status.st_mode & 02770);
	close(folder);
	return is_good;
}

CK_RV token_create(const char *name)
{
	char path[4096];

	if (!files_is_name(name))
		return failure(CKR_ARGUMENTS_BAD,
			       "%s is no name for a token: letters, digits, "
			       "- _ . are allowed",
			       name);
	snprintf(path, sizeof(path), "%s/%s", files_root(), name);
	if (make_folder(files_root()) && make_folder(path)) {
		snprintf(path, sizeof(path), "%s/%s/" OBJECTS, files_root(),
			 name);
		if (make_folder(path))
			return CKR_OK;
	}
	return failure(CKR_GENERAL_ERROR, "%s: cannot make the folder: %s",
		       path, strerror(errno));
}

CK_RV token_remove(const char *name)
{
	char path[4096];
	CK_RV rv;
	int folder;

	rv = files_open(name, &folder);
	if (rv)
		return rv;
	files_delete(folder, FILES_TOKEN); /* the moment of truth */
	files_sweep(folder, NULL, 0);
	files_delete(folder, FILES_AUDIT);
	files_delete(folder, "lock");
	unlinkat(folder, OBJECTS, AT_REMOVEDIR);
	close(folder);
	snprintf(path, sizeof(path), "%s/%s", files_root(), name);
	if (rmdir(path))
		return failure(CKR_GENERAL_ERROR, "%s: cannot remove: %s", path,
			       strerror(errno));
	return CKR_OK;
}
