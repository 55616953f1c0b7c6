/* SPDX-License-Identifier: Apache-2.0 */
/* A small SSH server that imitates a router's command line, well or badly: the
 * hostile peer of ssh_driver_test. One connection at a time.
 *
 * usage: ssh_server MODE LOG [CUT HOW]
 * Prints "PORT HOST-KEY" (known_hosts form) and serves until it is killed. LOG
 * gets one line for each login attempt, and each line that was typed. After CUT octets to
 * the client of each connection, HOW: close, hang, or drip (an octet each 50 ms). */
#include <arpa/inet.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

enum { PIECE = 4096 };

static const char *mode;
static FILE *record;
static long cut = -1;
static const char *how = "";

static bool is(const char *name)
{
    return strcmp(mode, name) == 0;
}

/* --- the relay between the client and libssh --- */

struct relay {
    int client, server;
};

/* Copy up to n octets on: how many; none or less at the end of the stream. */
static ssize_t pump(int from, int to, size_t n)
{
    char octets[PIECE];
    ssize_t got = read(from, octets, n < sizeof(octets) ? n : sizeof(octets));

    return got > 0 && send(to, octets, (size_t)got, MSG_NOSIGNAL) != got ? -1 : got;
}

/* How many octets may go to the client now. */
static size_t allowed(long sent)
{
    if (cut < 0)
        return PIECE;
    if (sent < cut)
        return (size_t)(cut - sent);
    if (strcmp(how, "drip") != 0)
        return 0;
    (void)usleep(50000);
    return 1;
}

/* One turn of the relay; what went to the client is added to *sent. False at the end. */
static bool relay_some(const struct relay *relay, long *sent)
{
    size_t n = allowed(*sent);
    struct pollfd fds[] = {{.fd = relay->client, .events = POLLIN},
                           {.fd = n > 0 ? relay->server : -1, .events = POLLIN}};
    ssize_t got = 0;

    if ((n == 0 && strcmp(how, "close") == 0) || poll(fds, 2, -1) < 0)
        return false;
    if (fds[0].revents && pump(relay->client, relay->server, PIECE) <= 0)
        return false;
    if (fds[1].revents && (got = pump(relay->server, relay->client, n)) <= 0)
        return false;
    *sent += got;
    return true;
}

static void *run_relay(void *arg)
{
    struct relay relay = *(struct relay *)arg;
    long sent = 0;

    free(arg);
    while (relay_some(&relay, &sent))
        ;
    (void)close(relay.client);
    (void)close(relay.server);
    return NULL;
}

/* The descriptor that libssh serves, with the relay before it. */
static int relayed(int client)
{
    struct relay *relay = malloc(sizeof(*relay));
    int pair[2], one = 1;
    pthread_t thread;

    if (relay == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        exit(1);
    (void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    *relay = (struct relay){client, pair[0]};
    if (pthread_create(&thread, NULL, run_relay, relay) != 0 || pthread_detach(thread) != 0)
        exit(1);
    return pair[1];
}

/* --- below SSH --- */

static void flood_banner(int fd)
{
    static const char line[] = "Welcome to the machine that never stops talking.\r\n";

    while (send(fd, line, sizeof(line) - 1, MSG_NOSIGNAL) > 0)
        ;
}

static void wait_for_end(int fd)
{
    char octets[512];

    while (read(fd, octets, sizeof(octets)) > 0)
        ;
}

/* A packet that says it is `size` octets long, with `n` of them. */
static void huge_packet(int fd, unsigned size, size_t n)
{
    static const char version[] = "SSH-2.0-Cisco-1.25\r\n";
    unsigned char head[6] = {(unsigned char)(size >> 24),
                             (unsigned char)(size >> 16),
                             (unsigned char)(size >> 8),
                             (unsigned char)size,
                             4,
                             20};
    char zeros[1024] = {0};

    (void)send(fd, version, sizeof(version) - 1, MSG_NOSIGNAL);
    (void)send(fd, head, sizeof(head), MSG_NOSIGNAL);
    for (size_t sent = 0; sent < n; sent += sizeof(zeros))
        if (send(fd, zeros, sizeof(zeros), MSG_NOSIGNAL) <= 0)
            return;
    wait_for_end(fd);
}

/* Protocol version and a list of old algorithms in one piece, as a router sends them that
 * has nothing to wait for. RFC 4253, 6 and 7.1. */
static void old_algorithms(int fd)
{
    static const char version[] = "SSH-2.0-Cisco-1.25\r\n";
    static const char *const lists[10] = {"diffie-hellman-group1-sha1",
                                          "ssh-rsa",
                                          "3des-cbc",
                                          "3des-cbc",
                                          "hmac-sha1",
                                          "hmac-sha1",
                                          "none",
                                          "none",
                                          "",
                                          ""};
    unsigned char out[512];
    size_t at = sizeof(version) - 1, start = at;

    memset(out, 0, sizeof(out));
    memcpy(out, version, at);
    out[at + 5] = 20; /* KEXINIT, then a cookie of 16 octets */
    at += 6 + 16;
    for (size_t i = 0; i < 10; i++) {
        size_t n = strlen(lists[i]);

        out[at + 3] = (unsigned char)n;
        memcpy(out + at + 4, lists[i], n);
        at += 4 + n;
    }
    at += 5; /* no guess follows; reserved */
    out[start + 4] = (unsigned char)(4 + (8 - (at + 4 - start) % 8) % 8); /* padding */
    at += out[start + 4];
    out[start + 3] = (unsigned char)(at - start - 4);
    (void)send(fd, out, at, MSG_NOSIGNAL);
    wait_for_end(fd);
}

/* True if the mode's trick is played below SSH. */
static bool serve_raw(int fd)
{
    if (is("silent"))
        wait_for_end(fd);
    else if (is("flood"))
        flood_banner(fd);
    else if (is("huge"))
        huge_packet(fd, 0x7fffffff, 1 << 20);
    else if (is("kexinit"))
        huge_packet(fd, 200000, 200000);
    else if (is("old"))
        old_algorithms(fd);
    else if (is("http"))
        (void)send(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL);
    else if (!is("hangup"))
        return false;
    return true;
}

/* --- the command line --- */

static void say(ssh_channel channel, const char *text)
{
    (void)ssh_channel_write(channel, text, (uint32_t)strlen(text));
}

/* Say nothing more until the client hangs up. */
static void until_end(ssh_channel channel)
{
    char c;

    while (ssh_channel_read(channel, &c, 1, 0) == 1)
        ;
}

/* The answer to `show crypto gdoi`. */
static void gdoi(ssh_channel channel)
{
    static char noise[32768];

    say(channel, "GROUP INFORMATION\r\n\r\n    Group Name               : G1\r\n");
    if (is("endless")) {
        for (size_t i = 0; i + 16 <= sizeof(noise); i += 16)
            memcpy(noise + i, "0123456789abc\r\nx", 16);
        while (ssh_channel_write(channel, noise, sizeof(noise)) > 0)
            ;
    }
    if (is("longline"))
        for (int i = 0; i < 1024; i++)
            say(channel, "0123456789abcdef");
    if (is("hang"))
        until_end(channel);
    if (is("drip"))
        for (int i = 0; i < 600 && ssh_channel_write(channel, "x", 1) > 0; i++)
            (void)usleep(100000);
    if (is("escapes"))
        say(channel, "\x1b]52;c;ZXZpbA==\a\x1b[31m    Group \x9b"
                     "1mIdentity : 1\x1b[0m\r\n");
    if (is("pager")) {
        char c;

        say(channel, " --More-- ");
        (void)ssh_channel_read(channel, &c, 1, 0);
        say(channel, "\b\b\b\b\b\b\b\b\b         \b\b\b\b\b\b\b\b\b    Group Identity : 1\r\n");
    }
}

static void answer(ssh_channel channel, const char *line)
{
    bool show = strncmp(line, "show", 4) == 0;

    if (!show || is("empty"))
        return;
    if (is("unauthorized") || (is("one-unauthorized") && strcmp(line, "show version") == 0))
        say(channel, "% Authorization failed.\r\n");
    else if (is("invalid"))
        say(channel, "            ^\r\n% Invalid input detected at '^' marker.\r\n\r\n");
    else if (strcmp(line, "show version") == 0)
        say(channel, "Cisco IOS Software, Version 15.2(4)M\r\n");
    else if (strcmp(line, "show crypto gdoi") == 0)
        gdoi(channel);
    else if (strncmp(line, "show crypto gdoi ks", 19) != 0) /* a GM: no answer to those */
        say(channel, "            ^\r\n% Invalid input detected at '^' marker.\r\n\r\n");
}

/* Read a line as a terminal driver would, with or without echo. False at the end. */
static bool read_line(ssh_channel channel, char *line, size_t size, bool echo)
{
    size_t n = 0;
    char c;

    while (ssh_channel_read(channel, &c, 1, 0) == 1) {
        if (c == '\n') {
            line[n] = '\0';
            say(channel, "\r\n");
            return true;
        }
        if (echo)
            (void)ssh_channel_write(channel, &c, 1);
        if (n + 1 < size)
            line[n++] = c;
    }
    return false;
}

/* The prompt after `enable`. */
static const char *enabled(ssh_channel channel, const char *prompt)
{
    char password[64];

    say(channel, "Password: ");
    if (read_line(channel, password, sizeof(password), false) && is("enable") &&
        strcmp(password, "enable-secret") == 0)
        return "R1#";
    say(channel, "% Access denied\r\n\r\n");
    return prompt;
}

/* What follows the last command of a first poll. False: hang up. */
static bool after_last(ssh_channel channel)
{
    if (is("idle-close"))
        (void)usleep(80000);
    if (is("hole")) {
        mode = "normal"; /* the next connection is served well */
        until_end(channel);
        return false;
    }
    return !is("idle-close");
}

static void shell(ssh_channel channel)
{
    const char *prompt = is("enable") || is("enable-wrong") ? "R1>" : "R1#";
    char line[512];

    if (is("motd"))
        for (int i = 0; i < 1 << 14; i++)
            say(channel, "This is a message of the day, 64 octets in each of its lines...\r\n");
    if (is("noprompt"))
        say(channel, "Username: ");
    else
        say(channel, prompt);
    while (read_line(channel, line, sizeof(line), true)) {
        (void)fprintf(record, "typed %s\n", line);
        if (strcmp(line, "enable") == 0)
            prompt = enabled(channel, prompt);
        else
            answer(channel, line);
        say(channel, prompt);
        if (strcmp(line, "show crypto gdoi ks rekey") == 0 && !after_last(channel))
            return;
    }
}

/* --- SSH --- */

static bool right_password(const char *password)
{
    return password != NULL && strcmp(password, "login-secret") == 0;
}

static void ask(ssh_session session, ssh_message message)
{
    const char *prompts[] = {"Password: ", "Token: "};
    char echo[] = {0, 0};

    (void)session;
    (void)ssh_message_auth_interactive_request(message, "", "", is("two-prompts") ? 2 : 1,
                                               prompts, echo);
}

/* True once the user is in. */
static bool authenticate(ssh_session session, ssh_message message)
{
    bool keyboard = is("keyboard") || is("two-prompts") || is("both");
    unsigned ways;

    if (is("open")) {
        (void)ssh_message_auth_reply_success(message, 0);
        return true;
    }
    if (ssh_message_subtype(message) == SSH_AUTH_METHOD_PASSWORD && !keyboard) {
        (void)fprintf(record, "auth password\n");
        if (right_password(ssh_message_auth_password(message))) {
            (void)ssh_message_auth_reply_success(message, 0);
            return true;
        }
    }
    if (ssh_message_subtype(message) == SSH_AUTH_METHOD_INTERACTIVE && keyboard) {
        if (!ssh_message_auth_kbdint_is_response(message)) {
            ask(session, message);
            return false;
        }
        (void)fprintf(record, "auth keyboard\n");
        if (right_password(ssh_userauth_kbdint_getanswer(session, 0))) {
            (void)ssh_message_auth_reply_success(message, 0);
            return true;
        }
    }
    if (is("leave") ||
        (is("refuse-close") && ssh_message_subtype(message) != SSH_AUTH_METHOD_NONE)) {
        ssh_disconnect(session);
        return false;
    }
    ways = is("both") ? SSH_AUTH_METHOD_INTERACTIVE | SSH_AUTH_METHOD_PASSWORD
           : keyboard ? SSH_AUTH_METHOD_INTERACTIVE
                      : SSH_AUTH_METHOD_PASSWORD;
    (void)ssh_message_auth_set_methods(message, (int)ways);
    (void)ssh_message_reply_default(message);
    return false;
}

/* Answer requests until a shell runs; its channel, or NULL. */
static ssh_channel until_shell(ssh_session session)
{
    bool in = false, shell_asked = false;
    ssh_channel channel = NULL;
    ssh_message message;

    while (!shell_asked && (message = ssh_message_get(session)) != NULL) {
        int type = ssh_message_type(message), subtype = ssh_message_subtype(message);

        if (type == SSH_REQUEST_AUTH) {
            in = authenticate(session, message) || in;
        } else if (in && type == SSH_REQUEST_CHANNEL_OPEN && !is("no-lines")) {
            channel = ssh_message_channel_request_open_reply_accept(message);
        } else if (channel != NULL && type == SSH_REQUEST_CHANNEL &&
                   (subtype == SSH_CHANNEL_REQUEST_PTY ||
                    subtype == SSH_CHANNEL_REQUEST_SHELL)) {
            (void)ssh_message_channel_request_reply_success(message);
            shell_asked = subtype == SSH_CHANNEL_REQUEST_SHELL;
        } else {
            (void)ssh_message_reply_default(message);
        }
        (void)fflush(record);
        ssh_message_free(message);
    }
    return shell_asked ? channel : NULL;
}

static void serve(ssh_bind bind, int fd)
{
    ssh_session session = ssh_new();
    ssh_channel channel;

    if (session == NULL || ssh_bind_accept_fd(bind, session, fd) != SSH_OK)
        exit(1);
    (void)fprintf(record, "connection\n");
    if (ssh_handle_key_exchange(session) == SSH_OK && (channel = until_shell(session)) != NULL)
        shell(channel);
    ssh_disconnect(session);
    ssh_free(session);
}

static int listening(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) != 0 || listen(fd, 16) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        exit(1);
    (void)printf("%u ", ntohs(at.sin_port));
    return fd;
}

static ssh_bind with_host_key(void)
{
    ssh_bind bind = ssh_bind_new();
    ssh_key key = NULL;
    char *text = NULL;

    if (bind == NULL || ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK ||
        ssh_pki_export_pubkey_base64(key, &text) != SSH_OK ||
        ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) != SSH_OK)
        exit(1);
    (void)printf("ssh-ed25519 %s\n", text);
    (void)fflush(stdout);
    ssh_string_free_char(text);
    return bind;
}

int main(int argc, char **argv)
{
    int listener;
    ssh_bind bind;

    if (argc != 3 && argc != 5) {
        (void)fprintf(stderr, "usage: %s MODE LOG [CUT HOW]\n", argv[0]);
        return 2;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    mode = argv[1];
    record = fopen(argv[2], "ae");
    if (record == NULL)
        return 1;
    /* A line is written down before its answer is sent: whoever has the answer finds it. */
    (void)setvbuf(record, NULL, _IOLBF, 0);
    if (argc == 5) {
        uint32_t n;

        if (!gv_text_u32(gv_text(argv[3]), &n))
            return 2;
        cut = n;
        how = argv[4];
    }
    listener = listening();
    bind = with_host_key();
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd < 0)
            return 1;
        if (serve_raw(fd))
            (void)close(fd);
        else
            serve(bind, relayed(fd));
    }
}
