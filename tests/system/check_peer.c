/* SPDX-License-Identifier: Apache-2.0 */
/* An exporter that misbehaves, for check_getvpn: what it does stands first in the path.
 *
 * check_peer DOCUMENT LOGIN    prints its port on loopback, then serves until it is killed;
 *                              LOGIN is what /auth wants, base64 of USER:PASSWORD */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MOST = 8192, DOCUMENT_MOST = 1 << 20 };

static char document[DOCUMENT_MOST];
static size_t document_n;
static const char *login;

static void put(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

        if (sent <= 0)
            _exit(0);
        text += sent;
        n -= (size_t)sent;
    }
}

static void say(int fd, const char *text)
{
    put(fd, text, strlen(text));
}

/* A whole answer, of which the body is sent but for its last `less` octets. */
static void answer(int fd, const char *status, size_t less)
{
    char head[256];

    (void)snprintf(head, sizeof(head),
                   "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: "
                   "%zu\r\nConnection: close\r\n\r\n",
                   status, document_n);
    say(fd, head);
    put(fd, document, document_n - less);
}

static void ok(int fd, const char *request)
{
    (void)request;
    answer(fd, "200 OK", 0);
}

static void silent(int fd, const char *request)
{
    (void)fd;
    (void)request;
    for (;;)
        (void)pause();
}

static void drip(int fd, const char *request)
{
    (void)request;
    say(fd, "HTTP/1.1 200 OK\r\n\r\n{");
    for (;;) {
        (void)usleep(50000);
        say(fd, " ");
    }
}

static void broken(int fd, const char *request)
{
    (void)request;
    answer(fd, "500 Internal Server Error", 0);
}

static void cut(int fd, const char *request)
{
    (void)request;
    answer(fd, "200 OK", document_n / 2);
}

static void huge(int fd, const char *request)
{
    static const char zeros[65536];

    (void)request;
    say(fd, "HTTP/1.1 200 OK\r\n\r\n");
    for (;;)
        put(fd, zeros, sizeof(zeros));
}

static void headers(int fd, const char *request)
{
    (void)request;
    say(fd, "HTTP/1.1 200 OK\r\n");
    for (;;)
        say(fd, "X-More: and more and more and more and more and more and more\r\n");
}

static void redirect(int fd, const char *request)
{
    (void)request;
    say(fd, "HTTP/1.1 302 Found\r\nLocation: /ok/api/v1/fleet\r\nContent-Length: 0\r\n\r\n");
}

static void closes(int fd, const char *request)
{
    (void)fd;
    (void)request;
}

static void binary(int fd, const char *request)
{
    (void)request;
    say(fd, "\x15\x03\x01\x02 | \x1b[2J no HTTP\n");
}

static void html(int fd, const char *request)
{
    (void)request;
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<h1>a | b</h1>\n");
}

static void auth(int fd, const char *request)
{
    char want[512];

    (void)snprintf(want, sizeof(want), "\r\nAuthorization: Basic %s\r\n", login);
    if (strstr(request, want) != NULL)
        answer(fd, "200 OK", 0);
    else
        say(fd, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
}

static const struct {
    const char *path;
    void (*act)(int fd, const char *request);
} acts[] = {
    {"/ok/", ok},           {"/silent/", silent},     {"/drip/", drip},
    {"/broken/", broken},   {"/cut/", cut},           {"/huge/", huge},
    {"/headers/", headers}, {"/redirect/", redirect}, {"/closes/", closes},
    {"/binary/", binary},   {"/html/", html},         {"/auth/", auth},
};

static void serve(int fd)
{
    char request[REQUEST_MOST] = "";
    size_t n = 0;
    ssize_t got;

    while (n < sizeof(request) - 1 && strstr(request, "\r\n\r\n") == NULL) {
        got = recv(fd, request + n, sizeof(request) - 1 - n, 0);
        if (got <= 0)
            return;
        n += (size_t)got;
        request[n] = '\0';
    }
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
        if (strncmp(request + 4, acts[i].path, strlen(acts[i].path)) == 0)
            acts[i].act(fd, request);
}

static int listen_on_loopback(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) != 0 || listen(fd, 16) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        exit(2);
    printf("port %u\n", ntohs(at.sin_port));
    (void)fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    int listener;

    if (file == NULL)
        return 2;
    document_n = fread(document, 1, sizeof(document), file);
    (void)fclose(file);
    login = argv[2];
    listener = listen_on_loopback();
    (void)signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd >= 0 && fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(fd);
            _exit(0);
        }
        (void)close(fd);
    }
}
