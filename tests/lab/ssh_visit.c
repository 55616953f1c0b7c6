/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh_visit.h"

#include <libssh/callbacks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    LOGIN_TRIES = 3,
    HANDSHAKE_S = 60,
    POLL_MS = 1000,
    WINDOW_POLL_MS = 20, /* while the client's window is shut */
    GOODBYE_POLLS = 10,
    CHUNK = 8192,
    ROWS = 24,
    KEY_LINE = 4096,
};

/* The state of a connection beyond the key exchange. */
struct talk {
    struct lab_visit *visit;
    ssh_session session;
    ssh_event event;
    ssh_channel channel;
    struct lab_cli *cli; /* NULL until a shell or a command is asked for */
    struct ssh_server_callbacks_struct server;
    struct ssh_channel_callbacks_struct on_channel;
    unsigned failures; /* of authentication */
    bool user_right;   /* keyboard-interactive: the question names the user, not the answer */
    uint32_t rows;
    uint32_t given; /* octets of output */
    bool gone;      /* the box rebooted, or the client closed */
};

/* --- who is let in ----------------------------------------------------------- */

static unsigned methods_of(const struct lab_device *device)
{
    const struct lab_quirks *quirks = &device->ssh.quirks;
    unsigned methods = 0;

    if (device->ssh.authorized_keys != NULL)
        methods |= SSH_AUTH_METHOD_PUBLICKEY;
    if (!quirks->publickey_only)
        methods |= SSH_AUTH_METHOD_INTERACTIVE;
    if (!quirks->publickey_only && !quirks->keyboard_only)
        methods |= SSH_AUTH_METHOD_PASSWORD;
    return methods;
}

static bool user_right(const struct lab_device *device, const char *user)
{
    return user != NULL && device->ssh.user != NULL && strcmp(user, device->ssh.user) == 0;
}

static bool password_right(const struct lab_device *device, const char *password)
{
    return password != NULL && device->ssh.password != NULL &&
           strcmp(password, device->ssh.password) == 0;
}

static int verdict(struct talk *talk, bool right)
{
    const uint32_t late_ms = talk->visit->device->ssh.quirks.login_ms;
    const struct timespec late = {late_ms / 1000, (long)(late_ms % 1000) * 1000000};

    (void)nanosleep(&late, NULL);
    talk->failures += !right;
    return right ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

static int on_password(ssh_session session, const char *user, const char *password, void *arg)
{
    struct talk *talk = arg;
    const struct lab_device *device = talk->visit->device;

    (void)session;
    if (!(methods_of(device) & SSH_AUTH_METHOD_PASSWORD))
        return SSH_AUTH_DENIED;
    return verdict(talk, user_right(device, user) && password_right(device, password));
}

/* Does a line of an authorized_keys file hold `key`? */
static bool line_holds(struct gv_text line, ssh_key key)
{
    struct gv_text type, base64;
    char name[64], octets[KEY_LINE];
    ssh_key other = NULL;
    bool same;

    if (!gv_text_word(&line, &type) || !gv_text_word(&line, &base64) ||
        type.n >= sizeof(name) || base64.n >= sizeof(octets))
        return false;
    memcpy(name, type.at, type.n);
    name[type.n] = '\0';
    memcpy(octets, base64.at, base64.n);
    octets[base64.n] = '\0';
    if (ssh_pki_import_pubkey_base64(octets, ssh_key_type_from_name(name), &other) != SSH_OK)
        return false;
    same = ssh_key_cmp(key, other, SSH_KEY_CMP_PUBLIC) == 0;
    ssh_key_free(other);
    return same;
}

static bool key_known(const char *path, ssh_key key)
{
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    char line[KEY_LINE];
    bool known = false;

    if (file == NULL)
        return false;
    while (!known && fgets(line, sizeof(line), file) != NULL)
        known = line_holds(gv_text_trim(gv_text(line)), key);
    (void)fclose(file);
    return known;
}

/* Called twice: may the key be used, and here is a signature. */
static int on_key(ssh_session session, const char *user, struct ssh_key_struct *key, char state,
                  void *arg)
{
    struct talk *talk = arg;
    const struct lab_device *device = talk->visit->device;
    bool known = user_right(device, user) && key_known(device->ssh.authorized_keys, key);

    (void)session;
    if (state == SSH_PUBLICKEY_STATE_NONE)
        return known ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
    return verdict(talk, known && state == SSH_PUBLICKEY_STATE_VALID);
}

/* Keyboard-interactive has no callback of its own: one prompt, one answer. */
static int on_message(ssh_session session, ssh_message message, void *arg)
{
    static const char *prompts[] = {"Password: "};
    struct talk *talk = arg;
    const struct lab_device *device = talk->visit->device;
    char echo[] = {0};

    if (ssh_message_type(message) != SSH_REQUEST_AUTH ||
        ssh_message_subtype(message) != SSH_AUTH_METHOD_INTERACTIVE ||
        !(methods_of(device) & SSH_AUTH_METHOD_INTERACTIVE))
        return 1;
    if (!ssh_message_auth_kbdint_is_response(message)) {
        talk->user_right = user_right(device, ssh_message_auth_user(message));
        (void)ssh_message_auth_interactive_request(message, "", "", 1, prompts, echo);
        return 0;
    }
    if (ssh_userauth_kbdint_getnanswers(session) != 1 ||
        verdict(talk, talk->user_right &&
                          password_right(device, ssh_userauth_kbdint_getanswer(session, 0))) !=
            SSH_AUTH_SUCCESS)
        return 1;
    (void)ssh_message_auth_reply_success(message, 0);
    return 0;
}

/* --- the channel --------------------------------------------------------------- */

static void answer(void *arg, const struct lab_command *command, struct gv_text argument,
                   struct gv_buf *out)
{
    struct talk *talk = arg;

    if (!talk->visit->ask(talk->visit, command, argument, out))
        talk->gone = true;
}

static bool open_cli(struct talk *talk)
{
    const struct lab_device *device = talk->visit->device;
    const struct lab_cli_config config = {
        .hostname = device->hostname,
        .format = device->format,
        .enable = device->ssh.enable,
        .banner = device->ssh.banner,
        .rows = talk->rows,
        .quirks = &device->ssh.quirks,
        .answer = answer,
        .arg = talk,
    };

    if (talk->cli == NULL)
        talk->cli = lab_cli_new(&config);
    return talk->cli != NULL;
}

static void record(const struct talk *talk, const void *octets, size_t n)
{
    if (talk->visit->record_fd >= 0 && write(talk->visit->record_fd, octets, n) < 0)
        perror("getvpn_lab: record");
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are libssh's */
static int on_pty(ssh_session session, ssh_channel channel, const char *term, int width,
                  int height, int pxwidth, int pxheight, void *arg)
{
    struct talk *talk = arg;

    (void)session, (void)channel, (void)term, (void)width, (void)pxwidth, (void)pxheight;
    talk->rows = height > 0 ? (uint32_t)height : ROWS;
    return 0;
}

static int on_shell(ssh_session session, ssh_channel channel, void *arg)
{
    struct talk *talk = arg;

    (void)session, (void)channel;
    if (talk->cli != NULL || !open_cli(talk))
        return 1;
    lab_cli_start(talk->cli);
    return 0;
}

static int on_exec(ssh_session session, ssh_channel channel, const char *command, void *arg)
{
    struct talk *talk = arg;

    (void)session, (void)channel;
    if (talk->visit->device->ssh.quirks.no_commands || talk->cli != NULL || !open_cli(talk))
        return 1;
    record(talk, command, strlen(command));
    record(talk, "\n", 1);
    lab_cli_exec(talk->cli, gv_text(command));
    return 0;
}

static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t n,
                   int is_stderr, void *arg)
{
    struct talk *talk = arg;

    (void)session, (void)channel, (void)is_stderr;
    record(talk, data, n);
    if (talk->cli != NULL)
        lab_cli_feed(talk->cli, data, n);
    return (int)n;
}

static void on_close(ssh_session session, ssh_channel channel, void *arg)
{
    (void)session, (void)channel;
    ((struct talk *)arg)->gone = true;
}

/* One channel a connection, as IOS. */
static ssh_channel on_open(ssh_session session, void *arg)
{
    struct talk *talk = arg;

    if (talk->channel != NULL)
        return NULL;
    talk->channel = ssh_channel_new(session);
    if (talk->channel == NULL)
        return NULL;
    talk->on_channel = (struct ssh_channel_callbacks_struct){
        .userdata = talk,
        .channel_pty_request_function = on_pty,
        .channel_shell_request_function = on_shell,
        .channel_exec_request_function = on_exec,
        .channel_data_function = on_data,
        .channel_close_function = on_close,
    };
    ssh_callbacks_init(&talk->on_channel);
    (void)ssh_set_channel_callbacks(talk->channel, &talk->on_channel);
    return talk->channel;
}

/* --- output ---------------------------------------------------------------------- */

static bool running(struct talk *talk)
{
    return !talk->visit->over && !talk->gone && talk->failures < LOGIN_TRIES &&
           ssh_is_connected(talk->session);
}

/* Let the connection live for `ms`. */
static void wait_ms(struct talk *talk, int64_t ms)
{
    struct timespec ts;
    int64_t now_ms, end_ms;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    now_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
    end_ms = now_ms + ms;
    while (now_ms < end_ms && running(talk)) {
        if (ssh_event_dopoll(talk->event, (int)(end_ms - now_ms)) == SSH_ERROR)
            talk->gone = true;
        (void)clock_gettime(CLOCK_MONOTONIC, &ts);
        now_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
    }
}

/* How many octets may go in one piece. */
static size_t allowance(const struct talk *talk)
{
    const struct lab_quirks *quirks = &talk->visit->device->ssh.quirks;
    uint32_t window = ssh_channel_window_size(talk->channel);
    size_t n = window < CHUNK ? window : CHUNK;

    if (quirks->drip_ms > 0 && n > 1)
        n = 1;
    if (quirks->cut_octets > 0 && n > quirks->cut_octets - talk->given)
        n = quirks->cut_octets - talk->given;
    return n;
}

/* Send all that there is. False while the client's window is shut. */
static bool send_output(struct talk *talk)
{
    const struct lab_ssh *ssh = &talk->visit->device->ssh;
    char octets[CHUNK];

    while (running(talk)) {
        size_t room, n;

        if (lab_cli_answered(talk->cli) && ssh->delay_ms > 0)
            wait_ms(talk, ssh->delay_ms);
        room = allowance(talk);
        if (room == 0)
            return false;
        n = lab_cli_next(talk->cli, octets, room);
        if (n == 0)
            return true;
        if (ssh_channel_write(talk->channel, octets, (uint32_t)n) == SSH_ERROR)
            talk->gone = true;
        talk->given += (uint32_t)n;
        if (ssh->quirks.cut_octets > 0 && talk->given >= ssh->quirks.cut_octets)
            talk->gone = true;
        if (ssh->quirks.drip_ms > 0)
            wait_ms(talk, ssh->quirks.drip_ms);
    }
    return true;
}

/* The client has the last word, or it would complain. */
static void await_goodbye(struct talk *talk)
{
    for (int i = 0; i < GOODBYE_POLLS && ssh_is_connected(talk->session); i++)
        if (talk->visit->over || ssh_event_dopoll(talk->event, POLL_MS) == SSH_ERROR)
            return;
}

static void converse(struct talk *talk)
{
    while (running(talk)) {
        bool sent = talk->cli == NULL || send_output(talk);

        if (talk->cli != NULL && lab_cli_ended(talk->cli)) {
            (void)ssh_channel_request_send_exit_status(talk->channel, 0);
            (void)ssh_channel_send_eof(talk->channel);
            (void)ssh_channel_close(talk->channel);
            await_goodbye(talk);
            return;
        }
        if (running(talk) &&
            ssh_event_dopoll(talk->event, sent ? POLL_MS : WINDOW_POLL_MS) == SSH_ERROR)
            talk->gone = true;
    }
}

/* --- the connection ------------------------------------------------------------------ */

static void serve_session(struct lab_visit *visit, ssh_session session)
{
    const long handshake_s = HANDSHAKE_S;
    struct talk talk = {.visit = visit, .session = session, .rows = ROWS};

    talk.server = (struct ssh_server_callbacks_struct){
        .userdata = &talk,
        .auth_password_function = on_password,
        .auth_pubkey_function = on_key,
        .channel_open_request_session_function = on_open,
    };
    ssh_callbacks_init(&talk.server);
    (void)ssh_set_server_callbacks(session, &talk.server);
    ssh_set_message_callback(session, on_message, &talk);
    ssh_set_auth_methods(session, (int)methods_of(visit->device));
    (void)ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &handshake_s);
    if (ssh_handle_key_exchange(session) != SSH_OK)
        return;
    talk.event = ssh_event_new();
    if (talk.event != NULL && ssh_event_add_session(talk.event, session) == SSH_OK) {
        converse(&talk);
        (void)ssh_event_remove_session(talk.event, session);
    }
    ssh_event_free(talk.event);
    lab_cli_free(talk.cli);
}

/* Take what comes, say nothing. */
static void hang(const struct lab_visit *visit)
{
    char octets[CHUNK];

    while (!visit->over && recv(visit->fd, octets, sizeof(octets), 0) > 0)
        continue;
}

/* Text ahead of the protocol's first line, in whole lines: RFC 4253, 4.2 allows it. */
static bool send_preamble(const struct lab_visit *visit)
{
    static const char line[] = "Login banner of a simulated router, repeated.\r\n";
    size_t octets = visit->device->ssh.quirks.preamble_octets;

    for (size_t sent = 0; sent < octets && !visit->over; sent += sizeof(line) - 1)
        if (send(visit->fd, line, sizeof(line) - 1, MSG_NOSIGNAL) != sizeof(line) - 1)
            return false;
    return true;
}

void lab_visit_serve(struct lab_visit *visit)
{
    ssh_session session;

    if (visit->hang)
        hang(visit);
    if (visit->hang || !send_preamble(visit)) {
        (void)close(visit->fd);
        return;
    }
    session = lab_ssh_room_accept(visit->room, visit->device->ssh.quirks.legacy, visit->fd);
    if (session == NULL)
        return;
    serve_session(visit, session);
    ssh_disconnect(session);
    ssh_free(session);
}
