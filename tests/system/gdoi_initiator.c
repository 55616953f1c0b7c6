/* SPDX-License-Identifier: Apache-2.0 */
/* A probe's client over a UDP socket, against a responder of phase 1 written by others.
 *
 * usage: gdoi_initiator [-k] [-l LOST] [-n ADDRESS:PORT] [-w PCAP] LOCAL:PORT REMOTE:PORT
 *            SUITE[,SUITE...] psk TEXT | rsa CERT KEY CA
 * Prints one line: "phase 1 done" once the client waits for an answer to its PULL, with "by the
 * NAT port" where it floated to it, or the step that failed, why, the notify heard and the last
 * answer's fault. With -k it goes on until the PULL is given up, too. The first LOST datagrams
 * are not sent. With -n the client takes itself to be at ADDRESS, as behind a NAT. What is sent
 * also goes to PCAP. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gdoi/client.h"

enum { SUITES = 8, STEP_S = 5, PART = 64, NAT_PORT = 4500, MARKER = 4 };

struct run {
    struct gdoi_client_config config;
    struct gdoi_suite suites[SUITES];
    struct gdoi_client *client;
    unsigned lost;
    bool keep, floated;
    FILE *pcap;
    int fds[2]; /* on the configured port, on the NAT port */
};

static void quit(const char *what)
{
    (void)fprintf(stderr, "gdoi_initiator: %s\n", what);
    exit(2);
}

static struct gv_time now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_BOOTTIME, &t);
    return (struct gv_time){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
}

/* ---- arguments ---- */

static struct gdoi_endpoint endpoint(const char *text)
{
    struct gdoi_endpoint end = {.size = 4};
    char address[PART] = "";
    const char *colon = strchr(text, ':');

    if (colon == NULL || colon - text >= PART)
        quit("expected ADDRESS:PORT");
    memcpy(address, text, (size_t)(colon - text));
    if (inet_pton(AF_INET, address, end.address) != 1)
        quit("expected an IPv4 address");
    end.port = (uint16_t)strtoul(colon + 1, NULL, 10);
    return end;
}

static size_t read_suites(const char *text, struct gdoi_suite out[SUITES])
{
    struct gv_text rest = gv_text(text);
    size_t count = 0;

    while (rest.n > 0 && count < SUITES) {
        size_t n = gv_text_index(rest, ',');

        if (!gdoi_suite_read(gv_text_head(rest, n), &out[count++]))
            quit("an unknown suite");
        rest = gv_text_from(rest, n + 1);
    }
    return count;
}

static void read_proof(char **args, int n, struct gdoi_client_config *config)
{
    struct gdoi_credential *credential;
    char why[256];

    if (n == 2 && strcmp(args[0], "psk") == 0) {
        config->psk = gv_secret_new(args[1], strlen(args[1]));
        return;
    }
    if (n != 4 || strcmp(args[0], "rsa") != 0)
        quit("expected psk TEXT or rsa CERT KEY CA");
    credential = gdoi_credential_load(args[1], args[2], args[3], NULL, why, sizeof(why));
    if (credential == NULL)
        quit(why);
    config->credential = credential;
}

static void set_address(struct gdoi_identity *id, const struct gdoi_endpoint *end)
{
    id->type = GDOI_ID_IPV4;
    id->n = end->size;
    memcpy(id->octets, end->address, end->size);
}

/* ---- sending and hearing ---- */

static struct sockaddr_in system_address(const struct gdoi_endpoint *end)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(end->port)};

    memcpy(&a.sin_addr, end->address, sizeof(a.sin_addr));
    return a;
}

static void put(FILE *file, uint64_t v, size_t n)
{
    for (size_t i = n; i > 0; i--)
        (void)fputc((int)(v >> 8 * (i - 1) & 255), file);
}

/* A packet of link type 101, raw IP; tshark asks for no checksum. */
static void record(const struct run *run, const struct gdoi_datagram *d)
{
    uint32_t n = (uint32_t)d->n;

    if (run->pcap == NULL)
        return;
    put(run->pcap, 0, 8);
    put(run->pcap, n + 28, 4);
    put(run->pcap, n + 28, 4);
    put(run->pcap, 0x45000000u | (n + 28), 4);
    put(run->pcap, 0, 4);
    put(run->pcap, 0x40110000u, 4);
    (void)fwrite(run->config.local.address, 1, 4, run->pcap);
    (void)fwrite(d->to.address, 1, 4, run->pcap);
    put(run->pcap, run->config.local.port, 2);
    put(run->pcap, d->to.port, 2);
    put(run->pcap, n + 8, 2);
    put(run->pcap, 0, 2);
    (void)fwrite(d->octets, 1, d->n, run->pcap);
}

/* RFC 3947, 4: to and from port 4500, behind four zeros. */
static void transmit(struct run *run, const struct gdoi_datagram *d)
{
    static uint8_t message[MARKER + GDOI_DATAGRAM_MOST];
    struct gdoi_endpoint end = d->to;
    struct sockaddr_in to;
    size_t marker = d->marked ? MARKER : 0;

    if (d->marked)
        end.port = NAT_PORT;
    run->floated |= d->marked;
    to = system_address(&end);
    memset(message, 0, MARKER);
    memcpy(message + marker, d->octets, d->n);
    if (sendto(run->fds[d->marked], message, marker + d->n, 0, (struct sockaddr *)&to,
               sizeof(to)) < 0)
        quit("sendto failed");
}

static void send_all(struct run *run)
{
    struct gdoi_datagram d;

    while (gdoi_client_next(run->client, &d)) {
        record(run, &d);
        if (run->lost > 0)
            run->lost--;
        else
            transmit(run, &d);
    }
}

static void hear(struct run *run, struct gdoi_event *event)
{
    static uint8_t message[MARKER + GDOI_DATAGRAM_MOST];
    int64_t left = gv_time_diff(gdoi_client_expiry(run->client), now()).ms;
    struct pollfd p[2] = {{.fd = run->fds[0], .events = POLLIN},
                          {.fd = run->fds[1], .events = POLLIN}};
    size_t marker;
    ssize_t n;

    if (poll(p, 2, left < 0 ? 0 : left > 1000 ? 1000 : (int)left) <= 0) {
        gdoi_client_expire(run->client, now(), event);
        return;
    }
    marker = p[0].revents != 0 ? 0 : MARKER;
    n = recv(run->fds[marker > 0], message, sizeof(message), 0);
    if (n > (ssize_t)marker)
        gdoi_client_feed(run->client, message + marker, (size_t)n - marker, &run->config.remote,
                         now(), event);
}

static int report(const struct run *run, const struct gdoi_event *event)
{
    if (event->kind == GDOI_FAILED)
        printf("failed: %s, %s, notify %u, last %s %s\n", gdoi_step_name(event->step),
               gv_err_name(event->err), (unsigned)event->notify, gv_err_name(event->last),
               event->why);
    else
        printf("phase 1 done%s\n", run->floated ? " by the NAT port" : "");
    return event->kind == GDOI_FAILED;
}

static int drive(struct run *run)
{
    struct gdoi_event event = {GDOI_NOTHING};

    gdoi_client_register(run->client, now(), &event);
    while (event.kind == GDOI_NOTHING &&
           (run->keep || gdoi_client_step(run->client) < GDOI_PULL_2)) {
        send_all(run);
        hear(run, &event);
        while (event.kind == GDOI_NOTHING && gdoi_client_work(run->client)) {
            gdoi_client_run(run->client);
            gdoi_client_ran(run->client, now(), &event);
        }
    }
    send_all(run);
    return report(run, &event);
}

static int open_socket(struct gdoi_endpoint at, uint16_t port)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in local;

    at.port = port;
    local = system_address(&at);
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)) != 0)
        quit("bind failed");
    return fd;
}

static void open_pcap(struct run *run, const char *path)
{
    run->pcap = fopen(path, "w");
    if (run->pcap == NULL)
        quit("the pcap file cannot be written");
    put(run->pcap, 0xa1b2c3d4, 4);
    put(run->pcap, 0x00020004, 4);
    put(run->pcap, 0, 8);
    put(run->pcap, 65535, 4);
    put(run->pcap, 101, 4);
}

/* Before the arguments proper; returns how many were options. */
static int read_options(struct run *run, int argc, char **argv, const char **nat)
{
    int option;

    while ((option = getopt(argc, argv, "kl:n:w:")) != -1) {
        if (option == 'k')
            run->keep = true;
        else if (option == 'l')
            run->lost = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'n')
            *nat = optarg;
        else if (option == 'w')
            open_pcap(run, optarg);
        else
            quit("an unknown option");
    }
    if (argc - optind < 5)
        quit("too few arguments");
    return optind;
}

static void configure(struct run *run, int argc, char **argv, const char *nat)
{
    static const uint8_t group[] = {0, 0, 4, 210};
    struct gdoi_client_config *config = &run->config;

    config->local = endpoint(argv[0]);
    config->remote = endpoint(argv[1]);
    config->suites = run->suites;
    config->suite_count = read_suites(argv[2], run->suites);
    read_proof(argv + 3, argc - 3, config);
    set_address(&config->identity, &config->local);
    set_address(&config->peer, &config->remote);
    config->group = (struct gdoi_identity){.type = GDOI_ID_KEY_ID, .n = sizeof(group)};
    memcpy(config->group.octets, group, sizeof(group));
    run->fds[0] = open_socket(config->local, config->local.port);
    run->fds[1] = open_socket(config->local, NAT_PORT);
    if (nat != NULL)
        config->local = endpoint(nat);
}

int main(int argc, char **argv)
{
    struct run run = {.config = {.step_timeout = gv_secs(STEP_S)}};
    const char *nat = NULL;
    int options = read_options(&run, argc, argv, &nat), status;

    configure(&run, argc - options, argv + options, nat);
    run.client = gdoi_client_new(&run.config);
    if (run.client == NULL)
        quit("no memory");
    status = drive(&run);
    gdoi_client_free(run.client);
    gv_secret_free((struct gv_secret *)run.config.psk);
    gdoi_credential_free((struct gdoi_credential *)run.config.credential);
    if (run.pcap != NULL)
        (void)fclose(run.pcap);
    (void)close(run.fds[0]);
    (void)close(run.fds[1]);
    return status;
}
