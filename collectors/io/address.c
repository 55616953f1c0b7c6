/* SPDX-License-Identifier: Apache-2.0 */
#include "io/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

bool gv_sockaddr_text(const struct sockaddr *from, char *out, size_t size)
{
    const struct sockaddr_in *v4 = (const void *)from;
    const struct sockaddr_in6 *v6 = (const void *)from;
    const socklen_t room = (socklen_t)size;

    if (from->sa_family == AF_INET)
        return inet_ntop(AF_INET, &v4->sin_addr, out, room) != NULL;
    if (from->sa_family != AF_INET6)
        return false;
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        return inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], out, room) != NULL;
    return inet_ntop(AF_INET6, &v6->sin6_addr, out, room) != NULL;
}
