/* SPDX-License-Identifier: Apache-2.0 */
/* The history's file: what is written is there, whatever became of the process, the disk and
 * the file. */
#include "history/database.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* In memory: nothing here is about a power cut. */
static char dir[] = "/dev/shm/gv-database-XXXXXX";
static char path[64];
static char why[GV_DATABASE_WHY];

static struct gv_cell number(int64_t n)
{
    return (struct gv_cell){.type = GV_CELL_NUMBER, .number = n};
}

static struct gv_cell text(const char *s)
{
    return (struct gv_cell){.type = GV_CELL_TEXT, .text = s};
}

static struct gv_cell none(void)
{
    return (struct gv_cell){.type = GV_CELL_NULL};
}

static void remove_all(void)
{
    char command[96];

    (void)snprintf(command, sizeof(command), "rm -f %s/*", dir);
    CHECK("removed", system(command) == 0);
}

static struct gv_database *open_it(void)
{
    struct gv_database *database = NULL;

    CHECK_INT("open", gv_database_open(path, &database, why), GV_OK);
    return database;
}

static enum gv_err write_one(struct gv_database *database, struct gv_record record)
{
    return gv_database_write(database, &record, why);
}

static struct gv_record rekey_at(int64_t time_ms, const char *name, const char *id,
                                 const char *verdict, struct gv_cell lead)
{
    return (struct gv_record){.kind = GV_RECORD_REKEY,
                              .cells = {number(time_ms), text(name), text(id), text("ks1"),
                                        number(1), text("0xAA"), none(), lead, number(235000),
                                        text(verdict)}};
}

static struct gv_record state_of(const char *device, const char *name, const char *id,
                                 int64_t saved_ms, const char *state)
{
    return (struct gv_record){.kind = GV_RECORD_STATE,
                              .cells = {text("track"), text(device), text(name), text(id),
                                        text("boot"), number(-5), number(saved_ms),
                                        text(state)}};
}

static struct gv_record kek_of(const char *id, struct gv_cell expiry, const char *ended)
{
    return (struct gv_record){
        .kind = GV_RECORD_KEK,
        .cells = {text("ks1"), text("G1"), text(id), text("0xAA"), none(), number(1200), expiry,
                  number(1000), ended ? text(ended) : none(), ended ? number(2000) : none()}};
}

/* What one query gives, as text. */
static void check_query(const char *name, const char *sql, const char *want)
{
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *statement = NULL;

    CHECK(name, sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(name, sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL) == SQLITE_OK);
    CHECK(name, sqlite3_step(statement) == SQLITE_ROW);
    CHECK_STR(name, (const char *)sqlite3_column_text(statement, 0), want);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(sqlite);
}

/* ---- rows ---- */

struct seen {
    char text[512];
    size_t n;
};

static void see_rekey(void *arg, const struct gv_rekey_record *r)
{
    struct seen *seen = arg;

    seen->n += (size_t)snprintf(
        seen->text + seen->n, sizeof(seen->text) - seen->n, "%lld %s %s %s %s %s %s;",
        (long long)r->time_ms, r->group, r->ks ? r->ks : "-", r->old_spi ? r->old_spi : "-",
        r->new_spi ? r->new_spi : "-", r->lead_known ? "lead" : "-", r->verdict);
}

static void check_rekeys(const char *name, struct gv_database *database, const char *group,
                         int64_t since, int64_t most, const char *want)
{
    struct seen seen = {.n = 0};

    CHECK_INT(name, gv_database_rekeys(database, group, since, most, see_rekey, &seen, why),
              GV_OK);
    CHECK_STR(name, seen.text, want);
}

static void test_rekeys(void)
{
    struct gv_database *database = open_it(), *reader = NULL;
    struct gv_record second = rekey_at(2000, "", "7", "missed", none());
    struct gv_record first = rekey_at(1000, "G1", "3333", "on_time", number(235000));
    struct stat info;

    first.next = &second;
    CHECK_INT("a batch", gv_database_write(database, &first, why), GV_OK);
    CHECK("for its owner", stat(path, &info) == 0 && (info.st_mode & 0777) == 0600);
    CHECK_INT("beside the writer", gv_database_open_read(path, &reader, why), GV_OK);
    check_rekeys("all", reader, NULL, INT64_MIN, -1,
                 "1000 G1 ks1 0xAA - lead on_time;2000 7 ks1 0xAA - - missed;");
    check_rekeys("by name", reader, "G1", INT64_MIN, -1, "1000 G1 ks1 0xAA - lead on_time;");
    check_rekeys("by id", reader, "3333", INT64_MIN, -1, "1000 G1 ks1 0xAA - lead on_time;");
    check_rekeys("by both", reader, "G1/3333", INT64_MIN, -1,
                 "1000 G1 ks1 0xAA - lead on_time;");
    check_rekeys("no such group", reader, "G1'; DROP TABLE rekeys; --", INT64_MIN, -1, "");
    check_rekeys("since", reader, NULL, 1001, -1, "2000 7 ks1 0xAA - - missed;");
    check_rekeys("the newest", reader, NULL, INT64_MIN, 1, "2000 7 ks1 0xAA - - missed;");
    CHECK("read only", write_one(reader, first) != GV_OK);
    CHECK_INT("the next batch",
              write_one(database, rekey_at(3000, "G1", "3333", "late", none())), GV_OK);
    check_rekeys("is seen", reader, "G1", 2000, -1, "3000 G1 ks1 0xAA - - late;");
    gv_database_close(reader);
    gv_database_close(database);
    remove_all();
    CHECK_INT("no file", gv_database_open_read(path, &reader, why), GV_ERR_NOT_FOUND);
}

static void see_state(void *arg, const struct gv_state_record *s)
{
    struct seen *seen = arg;

    seen->n += (size_t)snprintf(seen->text + seen->n, sizeof(seen->text) - seen->n,
                                "%s/%s %s %lld %lld %s;", s->name ? s->name : "-",
                                s->group_id ? s->group_id : "-", s->boot,
                                (long long)s->shift_ms, (long long)s->saved_ms, s->text);
}

static void check_states(const char *name, struct gv_database *database, const char *device,
                         const char *want)
{
    struct seen seen = {.n = 0};

    CHECK_INT(name, gv_database_states(database, "track", device, see_state, &seen, why),
              GV_OK);
    CHECK_STR(name, seen.text, want);
}

static void test_states(void)
{
    struct gv_database *database = open_it();
    struct gv_record named = {
        .kind = GV_RECORD_NAME_STATE,
        .cells = {text("track"), text("r1"), text("G1"), text(""), text("G1"), text("7")}};

    CHECK_INT("one", write_one(database, state_of("r1", "G1", "", 10, "a")), GV_OK);
    CHECK_INT("another's", write_one(database, state_of("r2", "G1", "", 10, "b")), GV_OK);
    CHECK_INT("again", write_one(database, state_of("r1", "G1", "", 20, "c")), GV_OK);
    check_states("the last", database, "r1", "G1/- boot -5 20 c;");
    CHECK_INT("its id", write_one(database, named), GV_OK);
    check_states("under its id", database, "r1", "G1/7 boot -5 20 c;");
    check_states("nobody", database, "r3", "");
    gv_database_close(database);
    remove_all();
}

static void test_keks(void)
{
    struct gv_database *database = open_it();
    struct gv_record named = {
        .kind = GV_RECORD_NAME_KEK,
        .cells = {text("ks1"), text("G1"), text(""), text("G1"), text("7")}};

    CHECK_INT("begins", write_one(database, kek_of("", none(), NULL)), GV_OK);
    CHECK_INT("grows", write_one(database, kek_of("", number(2500), NULL)), GV_OK);
    CHECK_INT("its group's id", write_one(database, named), GV_OK);
    CHECK_INT("ends", write_one(database, kek_of("7", none(), "rekeyed")), GV_OK);
    CHECK_INT("the next", write_one(database, kek_of("7", none(), NULL)), GV_OK);
    check_query("two lives", "SELECT count(*) FROM keks", "2");
    check_query("one is over",
                "SELECT spi || ' ' || lifetime_s || ' ' || expiry_ms || ' ' || seen_ms || ' '"
                " || ended || ' ' || ended_ms FROM keks WHERE ended IS NOT NULL",
                "0xAA 1200 2500 1000 rekeyed 2000");
    gv_database_close(database);
    remove_all();
}

static void test_whole_or_nothing(void)
{
    struct gv_database *database = open_it();
    struct gv_record good = rekey_at(1000, "G1", "7", "on_time", none());
    struct gv_record bad = rekey_at(2000, "G1", "7", "on_time", none());

    bad.cells[9] = none();
    good.next = &bad;
    CHECK_INT("refused", gv_database_write(database, &good, why), GV_ERR_SYSTEM);
    check_rekeys("nothing of it", database, NULL, INT64_MIN, -1, "");
    good.next = NULL;
    CHECK_INT("and goes on", gv_database_write(database, &good, why), GV_OK);
    gv_database_close(database);
    remove_all();
}

/* ---- retention ---- */

static void test_prune(void)
{
    struct gv_database *database = open_it();
    char note[1000];
    uint64_t size;

    memset(note, 'x', sizeof(note) - 1);
    note[sizeof(note) - 1] = '\0';
    for (int64_t i = 0; i < 1000; i++) {
        struct gv_record event = {.kind = GV_RECORD_EVENT,
                                  .cells = {number(i), text("r1"), text("G1"), text("7"),
                                            text("role"), none(), none(), text(note)}};

        CHECK_INT("event", write_one(database, event), GV_OK);
    }
    CHECK_INT("rekey", write_one(database, rekey_at(500, "G1", "7", "late", none())), GV_OK);
    CHECK_INT("state", write_one(database, state_of("r1", "G1", "7", 999, "a")), GV_OK);
    CHECK_INT("by age", gv_database_prune(database, 501, UINT64_MAX, why), GV_OK);
    check_query("the young stay", "SELECT count(*) FROM events", "499");
    check_rekeys("the old go", database, NULL, INT64_MIN, -1, "");
    size = gv_database_size(database);
    CHECK_INT("by size", gv_database_prune(database, 0, size / 2, why), GV_OK);
    CHECK("no more than that", gv_database_size(database) <= size / 2);
    check_query("the newest stay", "SELECT max(time_ms) FROM events", "999");
    check_states("states stay", database, "r1", "G1/7 boot -5 999 a;");
    CHECK_INT("as far as possible", gv_database_prune(database, 0, 1, why), GV_OK);
    check_states("states still stay", database, "r1", "G1/7 boot -5 999 a;");
    gv_database_close(database);
    remove_all();
}

/* ---- files that are none ---- */

static void put(long at, const void *octets, size_t n)
{
    FILE *file = fopen(path, at < 0 ? "wb" : "r+b");

    CHECK("put", file != NULL && (at < 0 || fseek(file, at, SEEK_SET) == 0) &&
                     fwrite(octets, 1, n, file) == n);
    if (file != NULL)
        (void)fclose(file);
}

static enum gv_err try_open(void)
{
    struct gv_database *database = NULL;
    enum gv_err err = gv_database_open(path, &database, why);

    gv_database_close(database);
    return err;
}

static void run_sql(const char *sql)
{
    sqlite3 *sqlite = NULL;

    CHECK(sql, sqlite3_open(path, &sqlite) == SQLITE_OK);
    CHECK(sql, sqlite3_exec(sqlite, sql, NULL, NULL, NULL) == SQLITE_OK);
    (void)sqlite3_close(sqlite);
}

static void test_foreign(void)
{
    char garbage[8192], aside[128];

    put(-1, "", 0);
    CHECK_INT("an empty file is a new one", try_open(), GV_OK);
    run_sql("PRAGMA user_version = 1000");
    CHECK_INT("of a newer program", try_open(), GV_ERR_NOT_SUPPORTED);
    check_query("is left alone", "PRAGMA user_version", "1000");
    remove_all();
    run_sql("CREATE TABLE theirs (a)");
    CHECK_INT("of another program", try_open(), GV_ERR_NOT_SUPPORTED);
    check_query("is left alone", "SELECT count(*) FROM sqlite_schema", "1");
    remove_all();
    memset(garbage, 'g', sizeof(garbage));
    put(-1, garbage, sizeof(garbage));
    CHECK_INT("garbage", try_open(), GV_ERR_MALFORMED);
    CHECK("set aside", gv_database_set_aside(path, 1764105503, aside, sizeof(aside)));
    CHECK_STR("its name", aside + strlen(path), ".corrupt-20251125T211823Z");
    CHECK("it is there", access(aside, F_OK) == 0 && access(path, F_OK) != 0);
    CHECK_INT("a new one", try_open(), GV_OK);
    remove_all();
    CHECK("nothing to set aside", !gv_database_set_aside(path, 0, aside, sizeof(aside)));
    CHECK("no directory", mkdir(path, 0700) == 0);
    CHECK_INT("a directory", try_open(), GV_ERR_SYSTEM);
    (void)rmdir(path);
}

/* A file with rows, closed, with everything in it. */
static void fill(int64_t rows)
{
    struct gv_database *database = open_it();

    for (int64_t i = 0; i < rows; i++)
        CHECK_INT("row", write_one(database, rekey_at(i, "G1", "7", "on_time", none())), GV_OK);
    gv_database_close(database);
}

static void test_corrupt(void)
{
    char garbage[2048];
    struct stat info;

    memset(garbage, 0xa5, sizeof(garbage));
    fill(500);
    CHECK("size", stat(path, &info) == 0 && info.st_size > 5 * 4096);
    for (long page = 1; page < info.st_size / 4096; page += 3) {
        put(page * 4096, garbage, sizeof(garbage));
        CHECK_INT("a damaged page", try_open(), GV_ERR_MALFORMED);
        remove_all();
        fill(500);
    }
    CHECK("cut", truncate(path, info.st_size / 2) == 0);
    CHECK_INT("cut in half", try_open(), GV_ERR_MALFORMED);
    remove_all();
}

/* ---- the disk is full ---- */

static int full_disk(void)
{
    struct gv_database *database = open_it();
    const struct rlimit small = {200000, RLIM_INFINITY}, none_ = {RLIM_INFINITY, RLIM_INFINITY};
    int64_t written = 0;
    enum gv_err err = GV_OK;
    char count[24];

    (void)signal(SIGXFSZ, SIG_IGN);
    CHECK("limit", setrlimit(RLIMIT_FSIZE, &small) == 0);
    while (err == GV_OK && written < 100000) {
        err = write_one(database, rekey_at(written, "G1", "7", "on_time", none()));
        written += err == GV_OK;
    }
    CHECK("full", err == GV_ERR_TOO_LARGE || err == GV_ERR_SYSTEM);
    CHECK("and said", why[0] != '\0');
    CHECK("no limit", setrlimit(RLIMIT_FSIZE, &none_) == 0);
    CHECK_INT("goes on", write_one(database, rekey_at(written++, "G1", "7", "late", none())),
              GV_OK);
    gv_database_close(database);
    (void)snprintf(count, sizeof(count), "%lld", (long long)written);
    check_query("nothing is lost", "SELECT count(*) FROM rekeys", count);
    check_query("nothing is broken", "PRAGMA integrity_check", "ok");
    remove_all();
    return check_failed == 0 ? 0 : 1;
}

/* In a process of its own: the limit is for the whole of it. */
static void test_full_disk(void)
{
    pid_t child = fork();
    int status = 1;

    if (child == 0)
        _exit(full_disk());
    CHECK("full disk", child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

/* ---- killed ---- */

/* Write batches, each with a rekey and the state that goes with it, and tell of each one that
 * is written. */
static void write_for_ever(int tell)
{
    struct gv_database *database = open_it();

    for (int64_t i = 1;; i++) {
        char n[24];
        struct gv_record rekey = rekey_at(i, "G1", "7", "on_time", none());
        struct gv_record state;

        (void)snprintf(n, sizeof(n), "%lld", (long long)i);
        state = state_of("ks1", "G1", "7", i, n);
        rekey.next = &state;
        if (gv_database_write(database, &rekey, why) != GV_OK ||
            write(tell, &i, sizeof(i)) != (ssize_t)sizeof(i))
            _exit(1);
    }
}

static int64_t ask(const char *sql)
{
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *statement = NULL;
    int64_t n = -1;

    if (sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        n = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(sqlite);
    return n;
}

/* Let a writer acknowledge `after` batches and go on for some moments more, kill it
 * wherever it is by then, and look at what it left. */
static void kill_after(int64_t after, unsigned moments)
{
    int tell[2] = {-1, -1};
    int64_t n = 0, count = 0, rows;
    pid_t child;

    CHECK("pipe", pipe(tell) == 0);
    child = fork();
    if (child == 0)
        write_for_ever(tell[1]);
    (void)close(tell[1]);
    while (count < after && read(tell[0], &n, sizeof(n)) == (ssize_t)sizeof(n))
        count++;
    for (volatile unsigned i = 0; i < moments; i++)
        ;
    CHECK("kill", child > 0 && kill(child, SIGKILL) == 0);
    CHECK("gone", waitpid(child, NULL, 0) == child);
    while (read(tell[0], &n, sizeof(n)) == (ssize_t)sizeof(n))
        count++;
    (void)close(tell[0]);
    gv_database_close(open_it());
    check_query("whole", "PRAGMA integrity_check", "ok");
    rows = ask("SELECT count(*) FROM rekeys");
    CHECK("all that was acknowledged, and no more than the one under way",
          rows == count || rows == count + 1);
    CHECK_INT("each once", ask("SELECT count(DISTINCT time_ms) FROM rekeys"), rows);
    CHECK_INT("with its state", ask("SELECT coalesce(sum(state + 0), 0) FROM states"), rows);
    remove_all();
}

/* Moments that differ, the same ones in each run. */
static void test_killed(void)
{
    uint64_t seed = 20261125;

    for (int i = 0; i < 40; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        kill_after((int64_t)(seed >> 60), (unsigned)(seed >> 33) % 400000);
    }
}

int main(void)
{
    CHECK("directory", mkdtemp(dir) != NULL);
    (void)snprintf(path, sizeof(path), "%s/history.db", dir);
    test_rekeys();
    test_states();
    test_keks();
    test_whole_or_nothing();
    test_prune();
    test_foreign();
    test_corrupt();
    test_full_disk();
    test_killed();
    remove_all();
    (void)rmdir(dir);
    return check_end();
}
