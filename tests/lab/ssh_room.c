/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh_room.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum profile { MODERN, LEGACY, PROFILES };
enum { PATH_SIZE = 512, RSA_BITS = 2048 };

struct lab_ssh_room {
    unsigned holders;
    pthread_mutex_t lock; /* of the binds: libssh does not guard them */
    ssh_bind bind[PROFILES];
    ssh_key public_key[PROFILES];
};

static const struct {
    enum ssh_keytypes_e type;
    int bits;
    const char *file;
} host_keys[PROFILES] = {
    [MODERN] = {SSH_KEYTYPE_ED25519, 0, "ssh_host_ed25519_key"},
    [LEGACY] = {SSH_KEYTYPE_RSA, RSA_BITS, "ssh_host_rsa_key"},
};

/* All that IOS 12.4 and 15.0 offer, of what libssh still has. */
static const struct {
    enum ssh_bind_options_e option;
    const char *value;
} legacy_options[] = {
    {SSH_BIND_OPTIONS_KEY_EXCHANGE, "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1"},
    {SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, "ssh-rsa"},
    {SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, "ssh-rsa"},
    {SSH_BIND_OPTIONS_CIPHERS_C_S, "aes128-cbc,3des-cbc,aes192-cbc,aes256-cbc"},
    {SSH_BIND_OPTIONS_CIPHERS_S_C, "aes128-cbc,3des-cbc,aes192-cbc,aes256-cbc"},
    {SSH_BIND_OPTIONS_HMAC_C_S, "hmac-sha1"},
    {SSH_BIND_OPTIONS_HMAC_S_C, "hmac-sha1"},
};

static ssh_key key_load(const char *path)
{
    ssh_key key = NULL;

    if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) != SSH_OK)
        return NULL;
    return key;
}

/* The key in state_dir; made and kept there where it has none. */
static ssh_key key_find(const struct lab_world *world, enum profile profile)
{
    char path[PATH_SIZE] = "";
    ssh_key key = NULL;

    if (world->host_key != NULL)
        return key_load(world->host_key);
    if (world->state_dir != NULL)
        (void)snprintf(path, sizeof(path), "%s/%s", world->state_dir, host_keys[profile].file);
    if (path[0] != '\0' && access(path, R_OK) == 0)
        return key_load(path);
    if (ssh_pki_generate(host_keys[profile].type, host_keys[profile].bits, &key) != SSH_OK)
        return NULL;
    if (path[0] != '\0')
        (void)ssh_pki_export_privkey_file(key, NULL, NULL, NULL, path);
    return key;
}

/* The bind of a profile: holder of key and algorithms; it never listens. */
static bool bind_open(struct lab_ssh_room *room, const struct lab_world *world,
                      enum profile profile)
{
    const bool no = false;
    ssh_bind bind = ssh_bind_new();
    ssh_key key = key_find(world, profile);

    room->bind[profile] = bind;
    if (bind == NULL || key == NULL ||
        ssh_pki_export_privkey_to_pubkey(key, &room->public_key[profile]) != SSH_OK) {
        ssh_key_free(key);
        return false;
    }
    (void)ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
    (void)ssh_bind_options_set(bind, SSH_BIND_OPTIONS_BANNER, "Cisco-1.25");
    if (profile == LEGACY)
        for (size_t i = 0; i < sizeof(legacy_options) / sizeof(legacy_options[0]); i++)
            if (ssh_bind_options_set(bind, legacy_options[i].option, legacy_options[i].value) <
                0)
                return false;
    return ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) == SSH_OK;
}

static void room_free(struct lab_ssh_room *room)
{
    for (int i = 0; i < PROFILES; i++) {
        ssh_bind_free(room->bind[i]);
        ssh_key_free(room->public_key[i]);
    }
    (void)pthread_mutex_destroy(&room->lock);
    free(room);
}

struct lab_ssh_room *lab_ssh_room_enter(struct lab_world *world, char error[LAB_ERROR_SIZE])
{
    struct lab_ssh_room *room = world->ssh_room;

    if (room != NULL) {
        room->holders++;
        return room;
    }
    room = calloc(1, sizeof(*room));
    if (room == NULL || ssh_init() != SSH_OK || pthread_mutex_init(&room->lock, NULL) != 0) {
        (void)snprintf(error, LAB_ERROR_SIZE, "SSH: no memory");
        free(room);
        return NULL;
    }
    if (!bind_open(room, world, MODERN) || !bind_open(room, world, LEGACY)) {
        (void)snprintf(error, LAB_ERROR_SIZE, "SSH: no usable host key");
        room_free(room);
        return NULL;
    }
    room->holders = 1;
    world->ssh_room = room;
    return room;
}

void lab_ssh_room_leave(struct lab_world *world)
{
    struct lab_ssh_room *room = world->ssh_room;

    if (room == NULL || --room->holders > 0)
        return;
    world->ssh_room = NULL;
    room_free(room);
}

ssh_session lab_ssh_room_accept(struct lab_ssh_room *room, bool legacy, int fd)
{
    ssh_session session = ssh_new();
    int rc = SSH_ERROR;

    if (session != NULL) {
        (void)pthread_mutex_lock(&room->lock);
        rc = ssh_bind_accept_fd(room->bind[legacy ? LEGACY : MODERN], session, fd);
        (void)pthread_mutex_unlock(&room->lock);
    }
    if (rc == SSH_OK)
        return session;
    (void)close(fd);
    ssh_free(session);
    return NULL;
}

static void announce(FILE *file, const struct lab_device *device, ssh_key key)
{
    char *base64 = NULL;

    if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
        return;
    (void)fprintf(file, "[%s]:%u %s %s\n", device->address, device->ssh.port,
                  ssh_key_type_to_char(ssh_key_type(key)), base64);
    ssh_string_free_char(base64);
}

void lab_ssh_room_announce(struct lab_world *world)
{
    const struct lab_fleet *fleet = world->fleet;
    char path[PATH_SIZE];
    FILE *file;

    if (world->state_dir == NULL || world->ssh_room == NULL)
        return;
    (void)snprintf(path, PATH_SIZE, "%s/known_hosts", world->state_dir);
    file = fopen(path, "we");
    if (file == NULL) {
        perror(path);
        return;
    }
    for (size_t i = 0; i < fleet->device_count; i++) {
        const struct lab_device *device = &fleet->devices[i];

        if (lab_ssh_face.wanted(device))
            announce(file, device,
                     world->ssh_room->public_key[device->ssh.quirks.legacy ? LEGACY : MODERN]);
    }
    if (fclose(file) != 0)
        perror(path);
}
