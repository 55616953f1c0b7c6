# SPDX-License-Identifier: Apache-2.0
# The Debian packages, by CPack: `cpack --config build/release/CPackConfig.cmake`. Each is a
# component of the installation; what only packages bring is left out of a plain one.
set(package_dir ${CMAKE_CURRENT_LIST_DIR})
set(deploy_dir ${PROJECT_SOURCE_DIR}/deploy)
set(completion_dir ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

foreach(program getvpn_exporter getvpntool)
    install(FILES ${deploy_dir}/completion/getvpn.bash DESTINATION ${completion_dir}
        RENAME ${program} COMPONENT exporter)
endforeach()
install(FILES ${deploy_dir}/completion/getvpn.bash DESTINATION ${completion_dir}
    RENAME check_getvpn COMPONENT plugin)
install(FILES ${deploy_dir}/completion/getvpn.bash DESTINATION ${completion_dir}
    RENAME getvpn_lab COMPONENT lab EXCLUDE_FROM_ALL)

# What has its place in the system, whatever the prefix.
install(FILES ${deploy_dir}/systemd/getvpn-exporter.service ${deploy_dir}/systemd/getvpn-exporter.socket
    DESTINATION /lib/systemd/system COMPONENT exporter EXCLUDE_FROM_ALL)
install(FILES ${package_dir}/getvpn-exporter.yml DESTINATION /etc/getvpn-exporter
    COMPONENT exporter EXCLUDE_FROM_ALL)
install(FILES ${package_dir}/getvpn-exporter.default DESTINATION /etc/default
    RENAME getvpn-exporter COMPONENT exporter EXCLUDE_FROM_ALL)

# Component and package, then what the package holds.
set(exporter_package getvpn-exporter)
set(exporter_text "Prometheus exporter for Cisco GETVPN fleets
Polls GETVPN (GDOI, RFC 6407) key servers and group members by SNMP, SSH and
RESTCONF, hears their syslog and notifications, and can register at a key
server as a member that only watches. It knows when each KEK expires and when
its rekey is due, judges whether it came in time, and finds new members on old
key servers, which register twice in every KEK cycle.

With the exporter comes getvpntool, the engineer's tool for calculations,
parsing, and single polls and probes.")
set(plugin_package monitoring-plugins-getvpn)
set(plugin_text "Nagios and Icinga plugin for Cisco GETVPN fleets
The plugin check_getvpn judges KEKs, TEKs, rekeys, members, key servers and
probes of GETVPN groups by the Monitoring Plugins guidelines. It asks a running
getvpn-exporter, or a router itself by SNMP or SSH. Commands and services for
Icinga 2 and Nagios Core are included as examples.")
set(lab_package getvpn-lab)
set(lab_text "simulated Cisco GETVPN fleet
Key servers and group members in one process on loopback addresses, which live
by the rules of GDOI, old and new, and answer real SNMP, SSH, RESTCONF and
GDOI. It is for trying out getvpn-exporter, its alerts and dashboards, and for
tests, without a router.")
set(dashboards_package getvpn-exporter-dashboards)
set(dashboards_text "dashboards, rules and runbooks for getvpn-exporter
Five dashboards for Grafana, recording and alerting rules for Prometheus with
their thresholds in a file of their own, an example for Alertmanager, and a
runbook for each alert.")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "getvpn-exporter maintainers <maintainers@getvpn-exporter.invalid>"
    CACHE STRING "Who maintains the packages")
set(CPACK_PACKAGE_VENDOR getvpn-exporter)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL exporter plugin dashboards)
if(TARGET getvpn_lab)
    list(APPEND CPACK_COMPONENTS_ALL lab)
endif()
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PROJECT_CONFIG_FILE ${package_dir}/cpack.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${package_dir}/finish.cmake)
set(CPACK_GV_PACKAGE_DIR ${package_dir})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1~deb12u1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(component ${CPACK_COMPONENTS_ALL})
    string(TOUPPER ${component} C)
    set(CPACK_DEBIAN_${C}_DESCRIPTION "${${component}_text}")
    set(CPACK_DEBIAN_${C}_PACKAGE_NAME ${${component}_package})
    set(CPACK_DEBIAN_${C}_PACKAGE_SHLIBDEPS ON)
    set(CPACK_GV_${component}_PACKAGE ${${component}_package})
    foreach(file copyright changelog.Debian)
        install(FILES ${package_dir}/${file} COMPONENT ${component} EXCLUDE_FROM_ALL
            DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${${component}_package})
    endforeach()
endforeach()
set(CPACK_DEBIAN_DASHBOARDS_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DASHBOARDS_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DASHBOARDS_PACKAGE_RECOMMENDS "prometheus")
set(CPACK_DEBIAN_DASHBOARDS_PACKAGE_SUGGESTS "getvpn-exporter, prometheus-alertmanager")
set(CPACK_DEBIAN_EXPORTER_PACKAGE_SUGGESTS "getvpn-exporter-dashboards, prometheus")
set(CPACK_DEBIAN_PLUGIN_PACKAGE_SUGGESTS "icinga2 | nagios4, getvpn-exporter")
set(CPACK_DEBIAN_LAB_PACKAGE_SUGGESTS "getvpn-exporter")
set(CPACK_DEBIAN_EXPORTER_PACKAGE_CONTROL_EXTRA ${package_dir}/conffiles
    ${package_dir}/postinst ${package_dir}/prerm ${package_dir}/postrm)
install(FILES ${deploy_dir}/examples/getvpn-exporter.yml ${package_dir}/sysusers.conf COMPONENT exporter EXCLUDE_FROM_ALL
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/getvpn-exporter/examples)
install(FILES ${deploy_dir}/systemd/README.md COMPONENT exporter EXCLUDE_FROM_ALL
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/getvpn-exporter RENAME README.Debian)
include(CPack)
