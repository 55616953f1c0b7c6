/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/profile.h"

#define KEY_EXCHANGE                                                                           \
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"    \
    "ecdh-sha2-nistp521,diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,"          \
    "diffie-hellman-group18-sha512,diffie-hellman-group-exchange-sha256"
#define HOST_KEY                                                                               \
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"                 \
    "rsa-sha2-512,rsa-sha2-256"
#define CIPHER                                                                                 \
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,"             \
    "aes256-ctr,aes192-ctr,aes128-ctr"
#define MAC                                                                                    \
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"

static const struct gv_ssh_algorithms profiles[] = {
    [GV_SSH_MODERN] = {KEY_EXCHANGE, HOST_KEY, CIPHER, MAC, HOST_KEY, 2048},
    [GV_SSH_DEFAULT] = {NULL, NULL, NULL, NULL, NULL, 1024},
    /* What IOS 12.4 and 15.0 have: ssh-cost. */
    [GV_SSH_LEGACY] = {KEY_EXCHANGE ",diffie-hellman-group14-sha1,"
                                    "diffie-hellman-group-exchange-sha1,"
                                    "diffie-hellman-group1-sha1",
                       HOST_KEY ",ssh-rsa", CIPHER ",aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc",
                       MAC ",hmac-sha1-etm@openssh.com,hmac-sha1", HOST_KEY ",ssh-rsa", 1024},
};

const struct gv_ssh_algorithms *gv_ssh_algorithms(enum gv_ssh_profile profile)
{
    return &profiles[profile];
}
